import { describe, expect, it } from "vitest";
import { actingAs, anInstance, aPerson, brokenRules, events, outcome, refusal } from "../instance.ts";
import { aScene, asJane, jane as janeOf, login, otherPassword, password, tokenFrom } from "../recovery/scene.ts";

const claimsIn = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe("a user of whom something is required", () => {
  it("logs in, sees themself, and may do nothing else but what is required", async () => {
    const { muster } = await aScene();
    const { id } = await janeOf(muster, { role: "admin" });
    await muster.users.setRequiredActions(id, ["UPDATE_PASSWORD", "OWN_QUIZ"]);
    const tokens = await login(muster);
    expect(tokens.requiredActions).toEqual(["UPDATE_PASSWORD", "OWN_QUIZ"]);
    expect(claimsIn(tokens.accessToken).required_actions).toEqual(["UPDATE_PASSWORD", "OWN_QUIZ"]);
    const principal = await muster.sessions.authenticate(tokens.accessToken);
    expect(principal.requiredActions).toEqual(["UPDATE_PASSWORD", "OWN_QUIZ"]);
    const jane = muster.as(principal);
    expect(await jane.users.profile()).toMatchObject({ id, requiredActions: ["UPDATE_PASSWORD", "OWN_QUIZ"] });
    const other = await aPerson(muster);
    const refused = [
      () => jane.users.list(),
      () => jane.users.get(other.id),
      () => jane.users.create({ username: "x" }),
      () => jane.users.update(id, { firstName: "J" }),
      () => jane.users.delete(id),
      () => jane.users.changeUsername(id, "x"),
      () => jane.users.setPassword(other.id, password),
      () => jane.users.setRequiredActions(id, []),
      () => jane.sessions.list(),
      () => jane.sessions.revokeAll(id),
      () => jane.audit.list(),
      () => jane.recovery.requestEmailChange({ email: "new@x.example", password }),
      () => jane.invitations.list(),
    ];
    for (const call of refused) {
      expect(await refusal(call())).toMatchObject({ _tag: "ActionRequired", actions: ["UPDATE_PASSWORD", "OWN_QUIZ"] });
    }
    expect(await outcome(jane.sessions.revoke(tokens.sessionId))).toBe("SessionNotFound");
    expect(await outcome(jane.recovery.requestPasswordReset({ login: "jane" }))).toBe("ok");
    expect(await outcome(jane.sessions.logout())).toBe("ok");
  });

  it("may change another password, once asked for, only of their own accord and not of others", async () => {
    const { muster } = await aScene();
    const { id } = await janeOf(muster, { role: "admin", requiredActions: ["UPDATE_PROFILE"] });
    const other = await aPerson(muster);
    const jane = await asJane(muster);
    expect(await outcome(jane.users.update(other.id, { firstName: "X" }))).toBe("ActionRequired");
    expect(await outcome(jane.users.update(id, { firstName: "J" }))).toBe("ok");
  });

  it("has it lifted at once by doing it, for the tokens at hand too; new ones say so", async () => {
    const { muster } = await aScene();
    const { id } = await janeOf(muster);
    const tokens = await login(muster);
    expect(await outcome(muster.as(await muster.sessions.authenticate(tokens.accessToken)).users.list())).toBe("ok");
    await muster.users.setRequiredActions(id, ["UPDATE_PROFILE"]);
    const restricted = muster.as(await muster.sessions.authenticate(tokens.accessToken));
    expect(await outcome(restricted.users.list())).toBe("ActionRequired");
    const refreshed = await muster.sessions.refresh(tokens.refreshToken);
    expect(refreshed.requiredActions).toEqual(["UPDATE_PROFILE"]);
    expect(claimsIn(refreshed.accessToken).required_actions).toEqual(["UPDATE_PROFILE"]);
    const again = muster.as(await muster.sessions.authenticate(refreshed.accessToken));
    expect(await outcome(again.users.update(id, { firstName: "Jane" }))).toBe("ok");
    const free = await muster.sessions.authenticate(refreshed.accessToken);
    expect(free.requiredActions).toBeUndefined();
    expect(await outcome(muster.as(free).users.list())).toBe("ok");
    const last = await muster.sessions.refresh(refreshed.refreshToken);
    expect(last.requiredActions).toBeUndefined();
    expect(claimsIn(last.accessToken).required_actions).toBeUndefined();
  });

  it("clears UPDATE_PASSWORD by changing a temporary password, or by resetting it", async () => {
    const scene = await aScene();
    const { muster } = scene;
    const { id } = await janeOf(muster);
    await muster.users.setPassword(id, otherPassword, { temporary: true });
    expect((await muster.users.get(id)).requiredActions).toEqual(["UPDATE_PASSWORD"]);
    await (await asJane(muster, otherPassword)).users.changePassword(otherPassword, password);
    expect((await login(muster)).requiredActions).toBeUndefined();
    await muster.users.setPassword(id, otherPassword, { temporary: true });
    await muster.users.setPassword(id, otherPassword, { temporary: true });
    await muster.recovery.requestPasswordReset({ login: "jane" });
    await muster.recovery.resetPassword({ token: await tokenFrom(scene, "password_reset"), password });
    expect((await muster.users.get(id)).requiredActions).toEqual([]);
    expect(await brokenRules(muster.users.setPassword(id, password, { version: 0 }))).toEqual(["version: version"]);
  });

  it("clears VERIFY_EMAIL by proving the address, or another one", async () => {
    const scene = await aScene({ recovery: { mailIntervalSeconds: 0 } });
    const { muster } = scene;
    const { id } = await janeOf(muster, { emailVerified: false, requiredActions: ["VERIFY_EMAIL"] });
    const jane = await asJane(muster);
    await jane.recovery.requestEmailVerification();
    await jane.recovery.confirmEmail({ token: await tokenFrom(scene, "email_verification") });
    expect((await muster.users.get(id)).requiredActions).toEqual([]);
    const proven = muster.users.setRequiredActions(id, ["VERIFY_EMAIL"]);
    expect(await brokenRules(proven)).toEqual(["requiredActions: email_verified"]);
    await muster.users.changeEmail(id, "typo@x.example");
    await muster.users.setRequiredActions(id, ["VERIFY_EMAIL"]);
    const again = await asJane(muster);
    await again.recovery.requestEmailChange({ email: "right@x.example", password });
    await again.recovery.confirmEmail({ token: await tokenFrom(scene, "email_change") });
    expect(await muster.users.get(id)).toMatchObject({ email: "right@x.example", requiredActions: [] });
  });

  it("clears what is to be agreed to by agreeing, and nothing else that way", async () => {
    const { muster } = await aScene({ acceptableActions: ["ACCEPT_TERMS", "OWN_RULES"] });
    const { id } = await janeOf(muster, { requiredActions: ["OWN_RULES", "UPDATE_PASSWORD", "ACCEPT_TERMS"] });
    await (await asJane(muster)).users.acceptAction("ACCEPT_TERMS");
    const seen = await (await asJane(muster)).users.acceptAction("OWN_RULES");
    expect(seen.requiredActions).toEqual(["UPDATE_PASSWORD"]);
    const jane = await asJane(muster);
    expect(await outcome(jane.users.acceptAction("UPDATE_PASSWORD"))).toBe("Forbidden");
    expect(await outcome(jane.users.acceptAction("ACCEPT_TERMS"))).toBe("ok");
    expect((await events(muster)).map(({ type }) => type)).toContain("user.action_accepted");
    expect((await muster.users.get(id)).requiredActions).toEqual(["UPDATE_PASSWORD"]);
  });

  it("who accepts an invitation has chosen a password and proven the address", async () => {
    const scene = await aScene();
    const requiredActions = ["ACCEPT_TERMS", "UPDATE_PASSWORD", "VERIFY_EMAIL"];
    await scene.muster.users.create({ email: "guest@x.example", invite: true, requiredActions });
    const token = await tokenFrom(scene, "invitation");
    const { session } = await scene.muster.invitations.accept({ token, password, login: true });
    expect(session?.requiredActions).toEqual(["ACCEPT_TERMS"]);
  });
});

describe("required actions", () => {
  it("are an ordered set of at most 20 names, set by admins and the system alone", async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster);
    const set = (actions: readonly string[]) => muster.users.setRequiredActions(id, actions);
    expect((await set(["B", "A", "B"])).requiredActions).toEqual(["B", "A"]);
    expect(await brokenRules(set(["lower case"]))).toEqual(["requiredActions.0: required_action"]);
    expect(await brokenRules(set(Array.from({ length: 21 }, (_, index) => `A${index}`)))).toEqual([
      "requiredActions: max_items",
    ]);
    const self = actingAs(muster, await aPerson(muster));
    expect(await outcome(self.users.setRequiredActions(id, []))).toBe("Forbidden");
    expect(await outcome(muster.as("anonymous").users.create({ username: "x", requiredActions: [] }))).toBe(
      "Forbidden",
    );
  });

  it.each([[["lower"]], ["X"]])("an option 'acceptableActions' of %j is refused", async (acceptableActions) => {
    // @ts-expect-error One of them is no list.
    expect(await outcome(anInstance({ acceptableActions }))).toBe("InvalidConfiguration");
  });
});
