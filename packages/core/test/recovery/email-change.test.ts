import { describe, expect, it } from "vitest";
import { brokenRules, outcome } from "../instance.ts";
import {
  aScene,
  asJane,
  jane,
  login,
  mailsSoFar,
  minute,
  otherPassword,
  password,
  type Scene,
  tally,
  tokenFrom,
} from "./scene.ts";

const wanted = "new@y.example";
const change = async (scene: Scene, email = wanted): Promise<string> => {
  await (await asJane(scene.muster)).recovery.requestEmailChange({ email, password });
  return tokenFrom(scene, "email_change", email);
};

describe("an email that a user changes", () => {
  it("stays what it was until the new one is proven", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster);
    const token = await change(scene);
    const me = await asJane(scene.muster);
    expect((await me.users.profile()).email).toBe("Jane@x.example");
    expect(await me.recovery.findPendingEmail()).toMatchObject({ email: wanted });
    await me.recovery.confirmEmail({ token });
    const after = await scene.muster.users.get(id);
    expect([after.email, after.emailVerifiedAt]).toEqual([wanted, new Date(scene.clock.now())]);
    expect(await me.recovery.findPendingEmail()).toBeUndefined();
    expect(await outcome(scene.muster.sessions.login({ login: wanted, password }))).toBe("ok");
    expect(await outcome(scene.muster.sessions.login({ login: "jane@x.example", password }))).toBe(
      "InvalidCredentials",
    );
  });

  it("is not changed with an access token alone (OWASP ASVS 5.0 7.5.1)", async () => {
    const { muster } = await aScene();
    const { id } = await jane(muster);
    const me = await asJane(muster);
    expect(await outcome(me.users.changeEmail(id, wanted))).toBe("Forbidden");
    expect(await outcome(me.recovery.requestEmailChange({ email: wanted, password: otherPassword }))).toBe(
      "InvalidCredentials",
    );
    expect((await me.users.profile()).email).toBe("Jane@x.example");
  });

  it("changes at once where the host says so, where no mail can be sent, and for admins", async () => {
    const direct = await aScene({ recovery: { ownEmailChange: "direct" } });
    const { id } = await jane(direct.muster);
    const changed = await (await asJane(direct.muster)).users.changeEmail(id, wanted);
    expect([changed.email, changed.emailVerifiedAt]).toEqual([wanted, null]);
    const { muster } = await aScene();
    const boss = await muster.users.create({ username: "boss", role: "admin", password });
    const session = await muster.sessions.login({ login: "boss", password });
    const asBoss = muster.as(await muster.sessions.authenticate(session.accessToken));
    expect((await asBoss.users.changeEmail((await jane(muster)).id, wanted)).email).toBe(wanted);
    expect((await asBoss.users.changeEmail(boss.id, "boss@x.example")).email).toBe("boss@x.example");
  });

  it("is not taken over by a stranger who follows the link and holds no account", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await change(scene);
    const stranger = scene.muster.as("anonymous").recovery;
    expect(await outcome(stranger.confirmEmail({ token }))).toBe("Unauthenticated");
    expect(await outcome(stranger.confirmEmail({ token, password: otherPassword }))).toBe("InvalidCredentials");
    expect(await outcome(stranger.confirmEmail({ token, password }))).toBe("ok");
  });

  it("has one pending address: a second request replaces the first, at once too", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const first = await change(scene, "first@y.example");
    const second = await change(scene, "second@y.example");
    const me = await asJane(scene.muster);
    expect(await me.recovery.findPendingEmail()).toMatchObject({ email: "second@y.example" });
    expect(await outcome(me.recovery.confirmEmail({ token: first }))).toBe("InvalidOneTimeToken");
    expect(await outcome(me.recovery.confirmEmail({ token: second }))).toBe("ok");
  });

  it("may be taken by somebody else meanwhile, and then is refused", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await change(scene);
    const other = await scene.muster.users.create({ email: wanted });
    const me = await asJane(scene.muster);
    expect(await outcome(me.recovery.confirmEmail({ token }))).toBe("EmailTaken");
    await scene.muster.users.changeEmail(other.id, "elsewhere@y.example");
    expect(await outcome(me.recovery.confirmEmail({ token }))).toBe("ok");
  });

  it("does not change any more once the password did", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster);
    const token = await change(scene);
    await scene.muster.users.setPassword(id, otherPassword);
    const me = await asJane(scene.muster, otherPassword);
    expect(await outcome(me.recovery.confirmEmail({ token }))).toBe("InvalidOneTimeToken");
  });

  it("changes for exactly one of fifty who use the link at once", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await change(scene);
    const me = await asJane(scene.muster);
    expect(await tally(Array.from({ length: 50 }, () => me.recovery.confirmEmail({ token })))).toEqual({
      ok: 1,
      InvalidOneTimeToken: 49,
    });
  });

  it("is refused when it is the present one, or none", async () => {
    const { muster } = await aScene();
    await jane(muster);
    const me = await asJane(muster);
    expect(await brokenRules(me.recovery.requestEmailChange({ email: "JANE@x.example", password }))).toEqual([
      "email: email_unchanged",
    ]);
    expect(await brokenRules(me.recovery.requestEmailChange({ email: "nonsense", password }))).toEqual([
      "email: email",
    ]);
  });
});

describe("the old address", () => {
  const changed = async (scene: Scene): Promise<string> => {
    const token = await change(scene);
    await (await asJane(scene.muster)).recovery.confirmEmail({ token });
    return tokenFrom(scene, "email_changed", "Jane@x.example");
  };

  it("gets a link that takes the change back, and whoever made it is shut out", async () => {
    const scene = await aScene();
    const { muster } = scene;
    const { id } = await jane(muster);
    const undo = await changed(scene);
    const thief = await login(muster);
    await muster.as("anonymous").recovery.undoEmailChange({ token: undo });
    expect(await muster.users.get(id)).toMatchObject({
      email: "Jane@x.example",
      emailVerifiedAt: new Date(scene.clock.now()),
    });
    expect(await outcome(login(muster))).toBe("InvalidCredentials");
    expect(await outcome(muster.sessions.authenticate(thief.accessToken))).toBe("InvalidToken");
    const reset = await tokenFrom(scene, "password_reset", "Jane@x.example");
    await muster.recovery.resetPassword({ token: reset, password: otherPassword });
    expect(await outcome(login(muster, otherPassword))).toBe("ok");
  });

  it("can take the change back after the password was changed and the address once more", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster);
    const undo = await changed(scene);
    await (await asJane(scene.muster)).users.changePassword(password, otherPassword);
    await scene.muster.users.changeEmail(id, "third@z.example");
    expect(await outcome(scene.muster.recovery.undoEmailChange({ token: undo }))).toBe("ok");
    expect((await scene.muster.users.get(id)).email).toBe("Jane@x.example");
  });

  it("can do so once, for three days, and exactly one of fifty at once does", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const undo = await changed(scene);
    scene.clock.wait(3 * 1_440 * minute - 1);
    const calls = Array.from({ length: 50 }, () => scene.muster.recovery.undoEmailChange({ token: undo }));
    expect(await tally(calls)).toEqual({ ok: 1, InvalidOneTimeToken: 49 });
  });

  it("is told nothing when nobody ever proved it: it may be a stranger's", async () => {
    const scene = await aScene();
    await jane(scene.muster, { emailVerified: false });
    const token = await change(scene);
    await (await asJane(scene.muster)).recovery.confirmEmail({ token });
    expect(await mailsSoFar(scene)).toEqual(["email_change"]);
  });
});
