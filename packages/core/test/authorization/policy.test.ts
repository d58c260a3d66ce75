import { describe, expect, test } from "vitest";
import { type Operation, policyOperations } from "../../src/authorization/policy.ts";
import type { Muster, MusterOptions, NewUser, User, UserPatch, UserStatus } from "../../src/index.ts";
import { mailbox } from "../../src/testing/index.ts";
import { actingAs, anInstance, aPerson, brokenRules, outcome } from "../instance.ts";
import { aScene, type Caller, standings } from "./scene.ts";

const password = "correct horse battery";

/** What a caller is answered, standing by standing, in the order of {@link standings}. */
type Row = readonly [
  call: (caller: Caller, target: User, muster: Muster) => Promise<unknown>,
  answers: string,
  target?: UserStatus,
  options?: Partial<MusterOptions>,
];

const tags: Readonly<Record<string, string>> = {
  ok: "ok",
  F: "Forbidden",
  U: "Unauthenticated",
  N: "UserNotFound",
  G: "GroupNotFound",
  S: "SessionNotFound",
  Z: "SecondFactorNotFound",
  K: "KeyNotFound",
  I: "InvitationNotFound",
  // They may: that they have no password is another matter.
  C: "InvalidCredentials",
  // They may: that nothing can be sent, or that the token is none, is another matter.
  M: "MailNotConfigured",
  T: "InvalidOneTimeToken",
  X: "InvalidCode",
};

const hash = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

const token = "mst_rst_none";
const withMails = { ports: { mailer: mailbox() }, mail: { origin: "https://app.example" } };

/** An app that the target is setting up, and a wrong code of it. */
const appOf = async (target: Pick<User, "id" | "role">, muster: Muster) => {
  const { id } = await actingAs(muster, target).secondFactors.startTotp();
  return { id, code: "nonsense" };
};

const newUser = (given: NewUser = {}): NewUser => ({ username: "somebody-new", ...given });

const withPermissions = { permissions: { location: { view: [] } } };
const seventeen = { resourceType: "location", resourceId: "17", permission: "view" };

const matrix: Readonly<Record<Operation, readonly Row[]>> = {
  //                                                                        system admin self owner other anonymous
  "users.create": [[(caller) => caller.users.create(newUser()), "ok ok F F F ok"]],
  "users.create.privileged": [
    [(caller) => caller.users.create(newUser({ role: "user" })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ status: "enabled" })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ ownerId: null })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ id: "own-id" })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ email: "a@x.example", emailVerified: true })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ privateMetadata: {} })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ requiredActions: [] })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ email: "a@x.example", invite: true })), "M M F F F F"],
  ],
  "users.read": [
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok ok U"],
    [(caller, { username }) => caller.users.findByUsername(username ?? ""), "ok ok ok ok ok U"],
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok N U", "pending"],
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok N U", "disabled"],
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok N U", "deleted"],
    [(caller, { username }) => caller.users.findByUsername(username ?? ""), "ok ok ok ok N U", "disabled"],
    [(caller) => caller.users.get("nobody-has-this-id"), "N N N N N U"],
    [(caller) => caller.users.findByUsername("nobody-has-this-name"), "N N N N N U"],
  ],
  "users.find_by_email": [
    [(caller) => caller.users.findByEmail("target@x.example"), "ok ok F F F U"],
    [(caller) => caller.users.findByEmail("nobody@x.example"), "N N F F F U"],
  ],
  "users.list": [
    [(caller) => caller.users.list(), "ok ok ok ok ok U"],
    [(caller) => caller.users.count(), "ok ok ok ok ok U"],
    [(caller) => caller.users.stream()[Symbol.asyncIterator]().next(), "ok ok ok ok ok U"],
  ],
  "users.update": [
    [(caller, { id }) => caller.users.update(id, { firstName: "New" }), "ok ok ok ok F U"],
    [(caller, { id }) => caller.users.update(id, { firstName: "New" }), "ok ok ok ok N U", "disabled"],
    [(caller) => caller.users.update("nobody-has-this-id", {}), "N N N N N U"],
  ],
  "users.update.privileged": [[(caller, { id }) => caller.users.update(id, { privateMetadata: {} }), "ok ok F F F U"]],
  "users.replace_tags": [[(caller, { id }) => caller.users.replaceTags(id, ["new"]), "ok ok ok ok F U"]],
  "users.change_email": [[(caller, { id }) => caller.users.changeEmail(id, "new@x.example"), "ok ok ok F F U"]],
  "users.change_email.unproven": [
    [(caller, { id }) => caller.users.changeEmail(id, "new@x.example"), "ok ok F F F U", "enabled", withMails],
    [(caller, { id }) => caller.users.changeEmail(id, null), "ok ok F F F U", "enabled", withMails],
  ],
  "users.change_username": [[(caller, { id }) => caller.users.changeUsername(id, "new"), "ok ok ok F F U"]],
  "users.change_password": [[(caller) => caller.users.changePassword(password, `${password}!`), "F C C C C U"]],
  "users.set_password": [
    [(caller, { id }) => caller.users.setPassword(id, password), "ok ok F F F U"],
    [(caller) => caller.users.setPassword("nobody-has-this-id", password), "N N F F F U"],
  ],
  "users.set_required_actions": [
    [(caller, { id }) => caller.users.setRequiredActions(id, ["ACCEPT_TERMS"]), "ok ok F F F U"],
    [(caller, { id }) => caller.users.setRequiredActions(id, []), "ok ok F F N U", "disabled"],
  ],
  "users.accept_action": [[(caller) => caller.users.acceptAction("ACCEPT_TERMS"), "F ok ok ok ok U"]],
  "users.change_owner": [[(caller, { id }) => caller.users.changeOwner(id, null), "ok ok F F F U"]],
  "users.set_role": [
    [(caller, { id }) => caller.users.setRole(id, "admin"), "ok ok F F F U"],
    [(caller, { id }) => caller.users.setRole(id, "admin"), "ok ok F F N U", "disabled"],
  ],
  "users.enable": [
    [(caller, { id }) => caller.users.enable(id), "ok ok F F N U", "disabled"],
    [(caller, { id }) => caller.users.enable(id), "ok ok F F N U", "pending"],
  ],
  "users.disable": [
    [(caller) => caller.users.disable("nobody-has-this-id"), "N N N N N U"],
    [(caller, { id }) => caller.users.disable(id), "ok ok F F F U"],
  ],
  "users.delete": [[(caller, { id }) => caller.users.delete(id), "ok ok ok F F U"]],
  "users.restore": [[(caller, { id }) => caller.users.restore(id), "ok ok F F N U", "deleted"]],
  "users.unlock": [
    [(caller, { id }) => caller.users.unlock(id), "ok ok F F F U"],
    [(caller) => caller.users.unlock("nobody-has-this-id"), "N N N N N U"],
  ],
  "users.purge": [
    [(caller, { id }) => caller.users.purge(id), "ok ok F F N U", "deleted"],
    [(caller) => caller.users.purge("nobody-has-this-id"), "N N N N N U"],
    [(caller) => caller.users.purgeExpired(), "ok ok F F F U"],
  ],
  "users.profile": [[(caller) => caller.users.profile(), "F ok ok ok ok U"]],
  "sessions.list": [[(caller, { id }) => caller.sessions.list(id), "ok ok ok F F U"]],
  "sessions.revoke": [
    [
      async (caller, { id }, muster) => {
        await muster.users.setPassword(id, password);
        const { sessionId } = await muster.sessions.login({ login: "target", password });
        return caller.sessions.revoke(sessionId);
      },
      "ok ok ok S S U",
    ],
    [(caller, { id }) => caller.sessions.revokeAll(id), "ok ok ok F F U"],
  ],
  // They may: that there is no such session is another matter.
  "sessions.logout": [[(caller) => caller.sessions.logout(), "F S S S S U"]],
  "sessions.step_up": [[(caller) => caller.sessions.stepUp({ password }), "F C C C C U"]],
  "second_factors.list": [
    [(caller, { id }) => caller.secondFactors.list(id), "ok ok ok F F U"],
    [(caller, { id }) => caller.secondFactors.list(id), "ok ok ok F N U", "disabled"],
    [(caller) => caller.secondFactors.list("nobody-has-this-id"), "N N N N N U"],
  ],
  "second_factors.enrol": [
    [(caller) => caller.secondFactors.startTotp(), "F ok ok ok ok U"],
    [(caller) => caller.secondFactors.confirmTotp({ id: "none", code: "123456" }), "F Z Z Z Z U"],
    [async (caller, target, muster) => caller.secondFactors.confirmTotp(await appOf(target, muster)), "F Z X Z Z U"],
  ],
  "second_factors.rename": [
    [async (caller, ...of) => caller.secondFactors.rename((await appOf(...of)).id, "Phone"), "ok ok ok Z Z U"],
  ],
  "second_factors.remove": [
    [async (caller, ...of) => caller.secondFactors.remove((await appOf(...of)).id), "ok ok ok Z Z U"],
  ],
  "second_factors.replace_recovery_codes": [[(caller) => caller.secondFactors.replaceRecoveryCodes(), "F Z Z Z Z U"]],
  "credentials.import": [
    [(caller, { id }) => caller.credentials.import(id, hash), "ok F F F F U"],
    [(caller) => caller.credentials.import("nobody-has-this-id", hash), "N F F F F U"],
    [(caller) => caller.users.create(newUser({ passwordHash: hash })), "ok F F F F F"],
  ],
  "credentials.harden": [[(caller) => caller.credentials.harden(), "ok F F F F U"]],
  "recovery.request_password_reset": [
    [(caller) => caller.recovery.requestPasswordReset({ login: "target" }), "M M M M M M"],
    [(caller) => caller.recovery.requestPasswordReset({ login: "target" }), "ok ok ok ok ok ok", "enabled", withMails],
  ],
  "recovery.reset_password": [[(caller) => caller.recovery.resetPassword({ token, password }), "T T T T T T"]],
  "recovery.request_email_verification": [
    [(caller, { id }) => caller.recovery.requestEmailVerification(id), "M M M F F U"],
    [(caller, { id }) => caller.recovery.requestEmailVerification(id), "ok ok ok F F U", "enabled", withMails],
    [(caller, { id }) => caller.recovery.findPendingEmail(id), "ok ok ok F F U"],
    [(caller, { id }) => caller.recovery.findPendingEmail(id), "ok ok ok F N U", "disabled"],
  ],
  "recovery.request_email_change": [
    [(caller) => caller.recovery.requestEmailChange({ email: "a@x.example", password }), "F M M M M U"],
    [
      (caller) => caller.recovery.requestEmailChange({ email: "a@x.example", password }),
      "F C C C C U",
      "enabled",
      withMails,
    ],
  ],
  "recovery.confirm_email": [[(caller) => caller.recovery.confirmEmail({ token }), "T T T T T T"]],
  "recovery.undo_email_change": [[(caller) => caller.recovery.undoEmailChange({ token }), "T T T T T T"]],
  "invitations.create": [
    [(caller, { id }) => caller.invitations.create({ userId: id }), "M M F F N U", "pending"],
    [(caller, { id }) => caller.invitations.create({ userId: id }), "ok ok F F N U", "pending", withMails],
    [(caller) => caller.invitations.create({ userId: "nobody-has-this-id" }), "N N N N N U"],
  ],
  "invitations.read": [
    [(caller) => caller.invitations.list(), "ok ok F F F U"],
    [(caller) => caller.invitations.statistics(), "ok ok F F F U"],
    [(caller) => caller.invitations.get("nobody-has-this-id"), "I I F F F U"],
  ],
  "invitations.resend": [[(caller) => caller.invitations.resend("nobody-has-this-id"), "I I F F F U"]],
  "invitations.revoke": [[(caller) => caller.invitations.revoke("nobody-has-this-id"), "I I F F F U"]],
  "invitations.preview": [[(caller) => caller.invitations.preview({ token }), "T T T T T T"]],
  "invitations.accept": [[(caller) => caller.invitations.accept({ token, password }), "T T T T T T"]],
  // Nobody has these ids: who may not ask is not told.
  "groups.create": [[(caller) => caller.groups.create({ name: "blue" }), "ok ok F F F U"]],
  "groups.read": [
    [(caller) => caller.groups.get("nowhere"), "G G F F F U"],
    [(caller) => caller.groups.listAncestors("nowhere"), "G G F F F U"],
  ],
  "groups.list": [[(caller) => caller.groups.list(), "ok ok F F F U"]],
  "groups.list_of_user": [[(caller, { id }) => caller.groups.listOfUser(id), "ok ok ok F F U"]],
  "groups.list_members": [[(caller) => caller.groups.listMembers("nowhere"), "G G F F F U"]],
  "groups.update": [[(caller) => caller.groups.update("nowhere", { name: "red" }), "G G F F F U"]],
  "groups.move": [[(caller) => caller.groups.move("nowhere", null), "G G F F F U"]],
  "groups.enable": [[(caller) => caller.groups.enable("nowhere"), "G G F F F U"]],
  "groups.disable": [[(caller) => caller.groups.disable("nowhere"), "G G F F F U"]],
  "groups.delete": [[(caller) => caller.groups.delete("nowhere"), "G G F F F U"]],
  "groups.add_members": [[(caller, { id }) => caller.groups.addMembers("nowhere", [id]), "G G F F F U"]],
  "groups.remove_members": [[(caller, { id }) => caller.groups.removeMembers("nowhere", [id]), "G G F F F U"]],
  "grants.set": [
    [
      (caller, { id }) => caller.grants.set([{ userId: id, ...seventeen }]),
      "ok ok F F F U",
      "enabled",
      withPermissions,
    ],
  ],
  "grants.remove": [
    [
      (caller, { id }) => caller.grants.remove([{ userId: id, ...seventeen }]),
      "ok ok F F F U",
      "enabled",
      withPermissions,
    ],
  ],
  "grants.list_of_user": [[(caller, { id }) => caller.grants.listOfUser(id), "ok ok ok F F U"]],
  "grants.list_of_group": [[(caller) => caller.grants.listOfGroup("nowhere"), "G G F F F U"]],
  "grants.list_on_resource": [
    [(caller) => caller.grants.listOn({ resourceType: "a", resourceId: "1" }), "ok ok F F F U"],
  ],
  "grants.check": [
    [(caller, { id }) => caller.grants.check(id, seventeen), "ok ok ok F F U", "enabled", withPermissions],
    [(caller, { id }) => caller.grants.checkMany(id, [seventeen]), "ok ok ok F F U", "enabled", withPermissions],
    [
      (caller, { id }) => caller.grants.listResources({ userId: id, permission: "view", resourceType: "location" }),
      "ok ok ok F F U",
      "enabled",
      withPermissions,
    ],
  ],
  "audit.list": [[(caller) => caller.audit.list(), "ok ok F F F U"]],
  "keys.list": [[(caller) => caller.keys.list(), "ok ok F F F U"]],
  "keys.rotate": [[(caller) => caller.keys.rotate(), "ok ok F F F U"]],
  "keys.revoke": [[(caller) => caller.keys.revoke("nobody-has-this-id"), "K K F F F U"]],
};

test("every operation of the policy is in the matrix", () => {
  expect(Object.keys(matrix).sort()).toEqual([...policyOperations].sort());
});

const rows = Object.entries(matrix).flatMap(([operation, all]) =>
  all.map((row, index) => ({ operation, row, name: `${operation} (${index + 1})` })),
);

test.each(rows)("who may: $name", async ({ row: [call, answers, status, options] }) => {
  const expected = answers.split(" ").map((short) => tags[short]);
  expect(expected).toHaveLength(standings.length);
  const found: string[] = [];
  for (const standing of standings) {
    const { muster, target, callers } = await aScene(status, options);
    const before = await muster.users.get(target.id);
    found.push(await outcome(call(callers[standing], target, muster)));
    if (["Forbidden", "Unauthenticated"].includes(found.at(-1) ?? "")) {
      expect(essence(await muster.users.get(target.id))).toEqual(essence(before));
    }
  }
  expect(found).toEqual(expected);
});

/** Without what a login with a new password changes, which the row of `sessions.revoke` begins with. */
const essence = ({ version: _1, updatedAt: _2, firstLoginAt: _3, lastLoginAt: _4, loginCount: _5, ...user }: User) =>
  user;

describe("an admin", () => {
  test("who is demoted is bound by the policy with the next token check", async () => {
    const muster = await anInstance();
    await aPerson(muster, { role: "admin" });
    const boss = await muster.users.create({ username: "boss", role: "admin", password });
    const { accessToken } = await muster.sessions.login({ login: "boss", password });
    const as = async () => muster.as(await muster.sessions.authenticate(accessToken));
    expect(await outcome((await as()).audit.list())).toBe("ok");
    await muster.users.setRole(boss.id, "user");
    expect(await outcome((await as()).audit.list())).toBe("Forbidden");
  });

  test("is refused the keys of an update that nobody has", async () => {
    const { target, callers } = await aScene();
    expect(await brokenRules(callers.admin.users.update(target.id, { role: "admin" } as UserPatch))).toEqual([
      "role: unknown_key",
    ]);
  });
});
