import { describe, expect, it } from "vitest";
import { outcome } from "../instance.ts";
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

const unproven = { emailVerified: false } as const;

const verification = async (scene: Scene, id: string): Promise<string> => {
  await scene.muster.recovery.requestEmailVerification(id);
  return tokenFrom(scene, "email_verification");
};

describe("an unproven address", () => {
  it("is proven by its user, who keeps password and session", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, unproven);
    const me = await asJane(scene.muster);
    await me.recovery.requestEmailVerification();
    const token = await tokenFrom(scene, "email_verification", "Jane@x.example");
    const confirmed = await me.recovery.confirmEmail({ token });
    expect(confirmed).toEqual({ userId: id, email: "Jane@x.example", passwordCleared: false });
    expect((await me.users.profile()).emailVerifiedAt).toEqual(new Date(scene.clock.now()));
    expect(await outcome(login(scene.muster))).toBe("ok");
  });

  it("is proven on another device with the password, and nothing is cleared", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, unproven);
    const token = await verification(scene, id);
    const anybody = scene.muster.as("anonymous").recovery;
    expect(await outcome(anybody.confirmEmail({ token, password: otherPassword }))).toBe("InvalidCredentials");
    expect(await anybody.confirmEmail({ token, password })).toMatchObject({ passwordCleared: false });
    expect(await outcome(login(scene.muster))).toBe("ok");
  });

  it("proven by somebody else ends what whoever made the account can do (CVE-2026-53516, CVE-2026-44166)", async () => {
    const scene = await aScene();
    const { muster } = scene;
    const { id } = await jane(muster, unproven);
    const attacker = await login(muster);
    const token = await verification(scene, id);
    expect(await muster.as("anonymous").recovery.confirmEmail({ token })).toMatchObject({ passwordCleared: true });
    expect(await outcome(login(muster))).toBe("InvalidCredentials");
    expect(await outcome(muster.sessions.authenticate(attacker.accessToken))).toBe("InvalidToken");
    expect(await outcome(muster.sessions.refresh(attacker.refreshToken))).toBe("InvalidRefreshToken");
    const reset = await tokenFrom(scene, "password_reset", "Jane@x.example");
    await muster.recovery.resetPassword({ token: reset, password: otherPassword });
    expect(await outcome(login(muster, otherPassword))).toBe("ok");
  });

  it("proven by a session of another user counts as proven by a stranger", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, unproven);
    await scene.muster.users.create({ username: "joe", password });
    const joe = await scene.muster.sessions.login({ login: "joe", password });
    const token = await verification(scene, id);
    const asJoe = scene.muster.as(await scene.muster.sessions.authenticate(joe.accessToken));
    expect(await asJoe.recovery.confirmEmail({ token })).toMatchObject({ userId: id, passwordCleared: true });
    expect(await outcome(scene.muster.sessions.authenticate(joe.accessToken))).toBe("ok");
  });

  it("takes no link once the address is another one, and a proven address gets no mail", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, unproven);
    const token = await verification(scene, id);
    await scene.muster.users.changeEmail(id, "other@x.example");
    expect(await outcome(scene.muster.recovery.confirmEmail({ token, password }))).toBe("InvalidOneTimeToken");
    scene.clock.wait(minute);
    await scene.muster.recovery.confirmEmail({ token: await verification(scene, id), password });
    await scene.muster.recovery.requestEmailVerification(id);
    expect(await mailsSoFar(scene)).toEqual(["email_verification", "email_verification"]);
  });

  it("is proven by nobody while its user is shut out or deleted", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, unproven);
    const token = await verification(scene, id);
    const confirm = () => outcome(scene.muster.recovery.confirmEmail({ token, password }));
    await scene.muster.users.disable(id);
    expect(await confirm()).toBe("InvalidOneTimeToken");
    await scene.muster.users.delete(id);
    expect(await confirm()).toBe("InvalidOneTimeToken");
    await scene.muster.users.restore(id);
    await scene.muster.users.enable(id);
    expect(await confirm()).toBe("ok");
  });

  it("is proven for exactly one of fifty who use the link at once", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, unproven);
    const token = await verification(scene, id);
    const calls = Array.from({ length: 50 }, () => scene.muster.recovery.confirmEmail({ token, password }));
    expect(await tally(calls)).toEqual({ ok: 1, InvalidOneTimeToken: 49 });
    expect((await scene.muster.users.get(id)).version).toBe(2);
  });
});
