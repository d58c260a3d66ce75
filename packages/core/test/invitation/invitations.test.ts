import { describe, expect, it } from "vitest";
import type { Muster, NewUser } from "../../src/index.ts";
import { actingAs, anInstance, aPerson, brokenRules, events, outcome, refusal } from "../instance.ts";
import {
  aScene,
  jane as janeOf,
  mailsSoFar,
  otherPassword,
  password,
  type Scene,
  tally,
  tokenFrom,
} from "../recovery/scene.ts";

const week = 604_800_000;
const email = "Jane@x.example";

const invite = async (scene: Scene, given: NewUser = {}) => {
  const user = await scene.muster.users.create({ email, firstName: "Jane", invite: true, ...given });
  return { user, token: await tokenFrom(scene, "invitation", user.email ?? "") };
};

const newest = async (muster: Muster) => {
  const [invitation] = (await muster.invitations.list({ limit: 1 })).items;
  if (invitation === undefined) throw new Error("Nobody was invited.");
  return invitation;
};

describe("somebody who is invited", () => {
  it("is pending and cannot log in until a password is chosen by the link of the mail", async () => {
    const scene = await aScene();
    const { muster, clock } = scene;
    const { user, token } = await invite(scene);
    expect(user).toMatchObject({ status: "pending", emailVerifiedAt: null, version: 1 });
    expect(token).toMatch(/^mst_inv_/);
    clock.wait(1_000);
    expect(await muster.as("anonymous").invitations.accept({ token, password, lastName: "Doe" })).toEqual({
      userId: user.id,
      session: null,
    });
    expect(await muster.users.get(user.id)).toMatchObject({
      status: "enabled",
      firstName: "Jane",
      lastName: "Doe",
      emailVerifiedAt: new Date(clock.now()),
    });
    expect(await outcome(muster.sessions.login({ login: email, password }))).toBe("ok");
    const told = (await events(muster)).map(({ type, actor }) => `${type} by ${actor.kind}`);
    expect(told).toContain("user.invited by system");
    expect(told).toContain("user.invitation_accepted by anonymous");
  });

  it("is logged in at once when that is asked for", async () => {
    const scene = await aScene();
    const { token, user } = await invite(scene);
    const { session } = await scene.muster.invitations.accept({ token, password, login: true });
    const principal = await scene.muster.sessions.authenticate(session?.accessToken ?? "");
    expect(principal.userId).toBe(user.id);
  });

  it("may try another password when the policy refuses one, made of a name given with it too", async () => {
    const scene = await aScene();
    const { token } = await invite(scene);
    const accept = (secret: string) =>
      scene.muster.invitations.accept({ token, password: secret, lastName: "Featherstonehaugh" });
    expect(await brokenRules(accept("short"))).toContain("password: password_too_short");
    expect(await brokenRules(accept("featherstonehaugh"))).not.toEqual([]);
    expect(await outcome(accept(password))).toBe("ok");
  });

  it("is shown who invites, the address and until when, and nothing else", async () => {
    const scene = await aScene();
    const admin = await aPerson(scene.muster, {
      role: "admin",
      firstName: "Ada",
      lastName: "Admin",
      email: "ada@x.example",
    });
    const user = await actingAs(scene.muster, admin).users.create({ email, invite: true, privateMetadata: { p: 1 } });
    const token = await tokenFrom(scene, "invitation");
    const expiresAt = new Date(scene.clock.now() + week);
    const anonymous = scene.muster.as("anonymous").invitations;
    expect(await anonymous.preview({ token })).toEqual({ inviterName: "Ada Admin", email, expiresAt });
    expect(await scene.muster.invitations.get((await newest(scene.muster)).id)).toMatchObject({
      userId: user.id,
      invitedBy: admin.id,
      state: "pending",
      expiresAt,
    });
    expect(await anonymous.preview({ token })).toMatchObject({ email });
  });

  it("whom the system invites is shown no name", async () => {
    const scene = await aScene();
    const { token } = await invite(scene);
    expect((await scene.muster.invitations.preview({ token })).inviterName).toBeNull();
  });

  it("is mailed again when the mail server comes back, and the time counts from then", async () => {
    const scene = await aScene();
    scene.box.failWith(new Error("down"));
    await scene.muster.users.create({ email, invite: true });
    scene.clock.wait(3_600_000);
    scene.box.failWith(undefined);
    await scene.muster.invitations.resend((await newest(scene.muster)).id);
    const token = await tokenFrom(scene, "invitation");
    expect((await scene.muster.invitations.preview({ token })).expiresAt).toEqual(new Date(scene.clock.now() + week));
  });
});

describe("a link of an invitation", () => {
  it("works for exactly one of fifty who use it at once", async () => {
    const scene = await aScene();
    const { token } = await invite(scene);
    const calls = Array.from({ length: 50 }, (_, caller) =>
      scene.muster.invitations.accept({ token, password: `${otherPassword} ${caller}` }),
    );
    expect(await tally(calls)).toEqual({ ok: 1, InvalidOneTimeToken: 49 });
  });

  it("either works or is revoked, never both, when both happen at once", async () => {
    for (let round = 0; round < 10; round++) {
      const scene = await aScene();
      const { token, user } = await invite(scene);
      const { id } = await newest(scene.muster);
      const [accepted, revoked] = await Promise.all([
        outcome(scene.muster.invitations.accept({ token, password })),
        outcome(
          round % 2 === 0
            ? scene.muster.invitations.revoke(id)
            : Promise.resolve().then(() => scene.muster.invitations.revoke(id)),
        ),
      ]);
      const { status } = await scene.muster.users.get(user.id);
      const { state } = await scene.muster.invitations.get(id);
      expect([
        ["ok", "InvitationClosed", "enabled", "accepted"],
        ["InvalidOneTimeToken", "ok", "pending", "revoked"],
      ]).toContainEqual([accepted, revoked, status, state]);
    }
  });

  it("is the same one error whether it is unknown, spent, expired or revoked", async () => {
    const scene = await aScene();
    const { muster, clock } = scene;
    const spent = (await invite(scene)).token;
    await muster.invitations.accept({ token: spent, password });
    const revoked = (await invite(scene, { email: "b@x.example" })).token;
    await muster.invitations.revoke((await newest(muster)).id);
    const expired = (await invite(scene, { email: "c@x.example" })).token;
    clock.wait(week);
    for (const token of ["", "mst_inv_none", `mst_inv_${"A".repeat(48)}`, spent, revoked, expired]) {
      const errors = [
        await refusal(muster.as("anonymous").invitations.preview({ token })),
        await refusal(muster.as("anonymous").invitations.accept({ token, password })),
      ];
      for (const error of errors) expect(JSON.stringify(error)).toBe(JSON.stringify(errors[0]));
      expect(errors.map(({ code }) => code)).toEqual(["invalid_one_time_token", "invalid_one_time_token"]);
    }
  });

  it("works to the last millisecond, and its expiry is what was configured", async () => {
    const scene = await aScene({ recovery: { invitationSeconds: 3_600 } });
    const { token } = await invite(scene);
    scene.clock.wait(3_599_999);
    expect(await outcome(scene.muster.invitations.preview({ token }))).toBe("ok");
    scene.clock.wait(1);
    expect(await outcome(scene.muster.invitations.accept({ token, password }))).toBe("InvalidOneTimeToken");
  });

  it("is dead as soon as another one is asked for, and that one works", async () => {
    const scene = await aScene();
    const { token } = await invite(scene);
    await scene.muster.invitations.resend((await newest(scene.muster)).id);
    expect(await outcome(scene.muster.invitations.accept({ token, password }))).toBe("InvalidOneTimeToken");
    const second = await tokenFrom(scene, "invitation");
    expect(await outcome(scene.muster.invitations.accept({ token: second, password }))).toBe("ok");
  });

  it("is dead when the address changes; another one goes to the new address", async () => {
    const scene = await aScene();
    const { token, user } = await invite(scene);
    await scene.muster.users.changeEmail(user.id, "new@x.example");
    expect(await outcome(scene.muster.invitations.accept({ token, password }))).toBe("InvalidOneTimeToken");
    const { id } = await newest(scene.muster);
    expect((await scene.muster.invitations.resend(id)).email).toBe("new@x.example");
    const second = await tokenFrom(scene, "invitation", "new@x.example");
    expect(await outcome(scene.muster.invitations.accept({ token: second, password }))).toBe("ok");
  });

  it.each(["enable", "disable", "delete"] as const)("is dead when its user is %sd by somebody", async (move) => {
    const scene = await aScene();
    const { token, user } = await invite(scene);
    await scene.muster.users[move](user.id);
    expect(await outcome(scene.muster.invitations.accept({ token, password }))).toBe("InvalidOneTimeToken");
    expect((await newest(scene.muster)).state).toBe("revoked");
  });

  it("leads where the mail options say, for the product they name", async () => {
    const scene = await aScene({
      mail: { origin: "https://app.example", productName: "Acme", paths: { acceptInvitation: "/join?t={token}" } },
    });
    await scene.muster.users.create({ email, invite: true });
    const mail = await scene.box.take({ kind: "invitation" });
    expect(mail.subject).toBe("You are invited to Acme");
    expect(mail.text).toMatch(/https:\/\/app\.example\/join\?t=mst_inv_[A-Za-z0-9_-]{48}\n/);
    expect(mail.text).toContain("7 days");
  });
});

describe("inviting", () => {
  it("needs an email that is nobody's, no password, and a mailer", async () => {
    const { muster } = await aScene();
    await janeOf(muster);
    const create = (given: NewUser) => muster.users.create({ invite: true, ...given });
    expect(await outcome(create({ email: "jane@X.example" }))).toBe("EmailTaken");
    expect(await brokenRules(create({ username: "x" }))).toEqual(["email: required"]);
    expect(await brokenRules(create({ email: "x@x.example", password }))).toEqual(["password: invited"]);
    expect(await brokenRules(create({ email: "x@x.example", status: "enabled" }))).toEqual(["status: invited"]);
    const without = await anInstance();
    expect(await outcome(without.users.create({ email, invite: true }))).toBe("MailNotConfigured");
    expect((await without.users.list()).items).toEqual([]);
  });

  it("is not for users and those who sign up, who learn nothing of whom it names", async () => {
    const { muster } = await aScene();
    await janeOf(muster);
    for (const caller of [muster.as("anonymous"), actingAs(muster, await aPerson(muster))]) {
      for (const address of [email, "nobody@x.example"]) {
        const refused = await refusal(caller.users.create({ email: address, invite: true }));
        expect(refused._tag).toBe("Forbidden");
      }
    }
  });

  it("a user who is pending takes back what was open, and sends another mail", async () => {
    const scene = await aScene();
    const { token, user } = await invite(scene);
    const first = await newest(scene.muster);
    const second = await scene.muster.invitations.create({ userId: user.id });
    expect((await scene.muster.invitations.get(first.id)).state).toBe("revoked");
    expect(await outcome(scene.muster.invitations.accept({ token, password }))).toBe("InvalidOneTimeToken");
    const other = await tokenFrom(scene, "invitation");
    await scene.muster.invitations.accept({ token: other, password });
    expect((await scene.muster.invitations.get(second.id)).acceptedAt).toEqual(new Date(scene.clock.now()));
    const again = await refusal(scene.muster.invitations.create({ userId: user.id }));
    expect(again).toMatchObject({ _tag: "IllegalTransition", status: "enabled", event: "invite" });
  });

  it("sends no mail for what was revoked before it could be sent", async () => {
    const scene = await aScene();
    scene.box.failWith(new Error("down"));
    await scene.muster.users.create({ email, invite: true });
    await scene.muster.invitations.revoke((await newest(scene.muster)).id);
    scene.box.failWith(undefined);
    scene.clock.wait(3_600_000);
    expect(await mailsSoFar(scene)).toEqual([]);
  }, 15_000);

  it("can be taken back, which is the end of it", async () => {
    const scene = await aScene();
    await invite(scene);
    const { id } = await newest(scene.muster);
    expect(await scene.muster.invitations.revoke(id)).toMatchObject({ state: "revoked" });
    expect(await refusal(scene.muster.invitations.revoke(id))).toMatchObject({ state: "revoked" });
    expect(await outcome(scene.muster.invitations.resend(id))).toBe("InvitationClosed");
    expect(await outcome(scene.muster.invitations.get("nobody"))).toBe("InvitationNotFound");
    expect(await outcome(scene.muster.tenant("other").invitations.get(id))).toBe("InvitationNotFound");
  });

  it("is listed by state, page by page, and counted", async () => {
    const scene = await aScene();
    const { muster, clock } = scene;
    await invite(scene, { email: "old@x.example" });
    clock.wait(week);
    const { token } = await invite(scene, { email: "a@x.example" });
    await muster.invitations.accept({ token, password });
    clock.wait(1);
    await invite(scene, { email: "b@x.example" });
    await muster.invitations.revoke((await newest(muster)).id);
    clock.wait(1);
    const { user } = await invite(scene, { email: "c@x.example" });
    expect(await muster.invitations.statistics()).toEqual({ pending: 1, accepted: 1, revoked: 1, expired: 1 });
    const states = async (query = {}) => (await muster.invitations.list(query)).items.map(({ state }) => state);
    expect(await states()).toEqual(["pending", "revoked", "accepted", "expired"]);
    expect(await states({ state: "expired" })).toEqual(["expired"]);
    expect(await states({ userId: user.id })).toEqual(["pending"]);
    const page = await muster.invitations.list({ limit: 3 });
    expect(page.items).toHaveLength(3);
    const cursor = page.nextCursor ?? "";
    const rest = await muster.invitations.list({ limit: 3, cursor });
    expect(rest.items.map(({ state }) => state)).toEqual(["expired"]);
    expect(rest.nextCursor).toBeNull();
    expect(await brokenRules(muster.invitations.list({ cursor, state: "pending" }))).toEqual(["cursor: cursor"]);
  });
});
