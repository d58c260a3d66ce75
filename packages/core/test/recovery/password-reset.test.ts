import { describe, expect, it } from "vitest";
import { brokenRules, events, outcome } from "../instance.ts";
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

const askedFor = async (scene: Scene, name = "jane"): Promise<string> => {
  await scene.muster.recovery.requestPasswordReset({ login: name });
  return tokenFrom(scene, "password_reset");
};

describe("somebody who forgot the password", () => {
  it("gets a link by mail, chooses a new one and logs in with it", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    await scene.muster.recovery.resetPassword({ token: await askedFor(scene), password: otherPassword });
    expect(await outcome(login(scene.muster, password))).toBe("InvalidCredentials");
    expect(await outcome(login(scene.muster, otherPassword))).toBe("ok");
    expect((await scene.box.take({ kind: "password_changed" })).to).toBe("Jane@x.example");
  });

  it.each(["jane", " JANE ", "Jane@x.example", "jane@X.EXAMPLE"])("may ask by '%s'", async (name) => {
    const scene = await aScene();
    await jane(scene.muster);
    expect(await askedFor(scene, name)).toMatch(/^mst_rst_/);
    expect(scene.box.mails.map(({ to }) => to)).toEqual(["Jane@x.example"]);
  });

  it("may ask so many times from one address, whoever is named, and as often as it takes behind a proxy", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const ask = (name: string, address: string) =>
      outcome(scene.muster.recovery.requestPasswordReset({ login: name, client: { address } }));
    for (let request = 0; request < 50; request++) {
      expect(await ask(request % 2 === 0 ? "jane" : `nobody${request}`, "203.0.113.7")).toBe("ok");
    }
    expect(await ask("jane", "203.0.113.7")).toBe("TooManyAttempts");
    expect(await ask("nobody", "203.0.113.7")).toBe("TooManyAttempts");
    expect(await ask("jane", "203.0.113.8")).toBe("ok");
    for (let request = 0; request < 60; request++) expect(await ask("nobody", "10.0.0.1")).toBe("ok");
  });

  it("need not wait any longer for what others guessed once the password is new", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    for (let failure = 0; failure < 5; failure++) await outcome(login(scene.muster, "not the password"));
    expect(await outcome(login(scene.muster, password))).toBe("TooManyAttempts");
    await scene.muster.recovery.resetPassword({ token: await askedFor(scene), password: otherPassword });
    expect(await outcome(login(scene.muster, otherPassword))).toBe("ok");
  });

  it("is logged out everywhere by the reset, and the address counts as proven", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster, { emailVerified: false });
    const session = await login(scene.muster);
    await scene.muster.recovery.resetPassword({ token: await askedFor(scene), password: otherPassword });
    expect(await outcome(scene.muster.sessions.authenticate(session.accessToken))).toBe("InvalidToken");
    expect(await outcome(scene.muster.sessions.refresh(session.refreshToken))).toBe("InvalidRefreshToken");
    expect((await scene.muster.users.get(id)).emailVerifiedAt).toEqual(new Date(scene.clock.now()));
    expect((await events(scene.muster)).map(({ type, actor }) => `${type} ${actor.kind}`)).toContain(
      "user.password_reset system",
    );
  });

  it("may try another one when the policy refuses a password", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await askedFor(scene);
    expect(await brokenRules(scene.muster.recovery.resetPassword({ token, password: "jane" }))).toContain(
      "password: password_too_short",
    );
    expect(await outcome(scene.muster.recovery.resetPassword({ token, password: otherPassword }))).toBe("ok");
  });

  it("gets one mail a minute, however often somebody asks", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    await Promise.all(Array.from({ length: 50 }, () => scene.muster.recovery.requestPasswordReset({ login: "jane" })));
    expect(await mailsSoFar(scene)).toEqual(["password_reset"]);
    scene.clock.wait(minute);
    await askedFor(scene);
    await askedFor(scene, "jane@x.example").catch(() => undefined);
    expect(await mailsSoFar(scene)).toEqual(["password_reset", "password_reset"]);
  }, 15_000);
});

describe("a link to reset a password", () => {
  it("works for exactly one of fifty who use it at once (CVE-2026-28268)", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await askedFor(scene);
    const calls = Array.from({ length: 50 }, (_, caller) =>
      scene.muster.recovery.resetPassword({ token, password: `${otherPassword} ${caller}` }),
    );
    expect(await tally(calls)).toEqual({ ok: 1, InvalidOneTimeToken: 49 });
  });

  it("is dead from its expiry on (CVE-2026-18363)", async () => {
    const scene = await aScene({ recovery: { passwordResetSeconds: 60 } });
    await jane(scene.muster);
    const token = await askedFor(scene);
    scene.clock.wait(minute);
    expect(await outcome(scene.muster.recovery.resetPassword({ token, password: otherPassword }))).toBe(
      "InvalidOneTimeToken",
    );
  });

  const deaths: Readonly<Record<string, (scene: Scene, id: string, older: string) => Promise<unknown>>> = {
    "another one was used": async (scene) => {
      scene.clock.wait(minute);
      await scene.muster.recovery.resetPassword({ token: await askedFor(scene), password: `${otherPassword}!` });
    },
    "the password was changed": async ({ muster }) =>
      (await asJane(muster)).users.changePassword(password, "new donkey 77"),
    "an admin set the password": ({ muster }, id) => muster.users.setPassword(id, "new donkey 77"),
    "the email was changed": ({ muster }, id) => muster.users.changeEmail(id, "other@x.example"),
    "the user was disabled": ({ muster }, id) => muster.users.disable(id),
    "the user was deleted": ({ muster }, id) => muster.users.delete(id),
    "the user was purged": async ({ muster }, id) => {
      await muster.users.delete(id);
      await muster.users.purge(id);
    },
  };
  it.each(Object.keys(deaths))("is dead once %s", async (how) => {
    const scene = await aScene();
    const { id } = await jane(scene.muster);
    const token = await askedFor(scene);
    await deaths[how]?.(scene, id, token);
    expect(await outcome(scene.muster.recovery.resetPassword({ token, password: otherPassword }))).toBe(
      "InvalidOneTimeToken",
    );
  });

  it("outlives a login and a change of the profile", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster);
    const token = await askedFor(scene);
    await login(scene.muster);
    await scene.muster.users.update(id, { firstName: "Jane" });
    expect(await outcome(scene.muster.recovery.resetPassword({ token, password: otherPassword }))).toBe("ok");
  });

  it("is nothing in another tenant", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await askedFor(scene);
    const elsewhere = scene.muster.tenant("acme").recovery.resetPassword({ token, password: otherPassword });
    expect(await outcome(elsewhere)).toBe("InvalidOneTimeToken");
  });

  it("is no access token, refresh token or proof of an address", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    const token = await askedFor(scene);
    const { muster } = scene;
    expect(await outcome(muster.sessions.authenticate(token))).toBe("InvalidToken");
    expect(await outcome(muster.sessions.refresh(token))).toBe("InvalidRefreshToken");
    expect(await outcome(muster.recovery.confirmEmail({ token, password }))).toBe("InvalidOneTimeToken");
    expect(await outcome(muster.recovery.undoEmailChange({ token }))).toBe("InvalidOneTimeToken");
  });
});

describe("nobody learns from a request for a link", () => {
  const unreachable: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
    "a login that nobody has": async () => undefined,
    "a user without an email": ({ muster }) => muster.users.create({ username: "jane", password }),
    "a disabled user": ({ muster }) => jane(muster, { status: "disabled" }),
    "a pending user": ({ muster }) => jane(muster, { status: "pending" }),
    "a deleted user": async ({ muster }) => muster.users.delete((await jane(muster)).id),
  };
  it.each(Object.keys(unreachable))("that it is for %s: it is accepted, and no mail comes", async (who) => {
    const scene = await aScene();
    await unreachable[who]?.(scene);
    expect(await outcome(scene.muster.as("anonymous").recovery.requestPasswordReset({ login: "jane" }))).toBe("ok");
    expect(await mailsSoFar(scene)).toEqual([]);
  });

  it.each([
    ["", "login: length"],
    ["x".repeat(2_000), "login: length"],
    ["a\u0000b", "login: malformed_text"],
  ])("more than that %j is no login", async (name, broken) => {
    const { muster } = await aScene();
    expect(await brokenRules(muster.recovery.requestPasswordReset({ login: name }))).toContain(broken);
  });
});
