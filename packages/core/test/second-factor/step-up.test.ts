import { describe, expect, it } from "vitest";
import { lackOf } from "../../src/index.ts";
import { brokenRules, events, outcome } from "../instance.ts";
import { tally } from "../recovery/scene.ts";
import { aScene, password } from "./scene.ts";

describe("a step-up", () => {
  it("by the password makes the session's proof new, for tokens from now on", async () => {
    const scene = await aScene();
    const tokens = await scene.login();
    const before = new Date(scene.clock.now());
    scene.clock.wait(3_600_000);
    const { accessToken } = await scene.muster.sessions.refresh(tokens.refreshToken);
    const acting = await scene.as(accessToken);
    expect(await scene.muster.sessions.authenticate(accessToken)).toMatchObject({ authenticatedAt: before });
    const stepped = await acting.sessions.stepUp({ password });
    expect(Object.keys(stepped).sort()).toEqual(["accessToken", "expiresIn", "sessionId", "tokenType"]);
    const proven = { authenticatedAt: new Date(scene.clock.now()), methods: ["pwd"], sessionId: tokens.sessionId };
    expect(await scene.muster.sessions.authenticate(stepped.accessToken)).toMatchObject(proven);
    expect(await scene.muster.sessions.authenticate(accessToken)).toMatchObject({ authenticatedAt: before });
    expect((await events(scene.muster))[0]?.type).toBe("session.stepped_up");
  });

  it("needs the code of who has a second factor, and makes a session one of two factors", async () => {
    const scene = await aScene();
    const { acting, app } = await scene.enrol();
    expect(await brokenRules(acting.sessions.stepUp({ password }))).toEqual(["code: required"]);
    expect(await outcome(acting.sessions.stepUp({ code: "000000" }))).toBe("InvalidCode");
    const stepped = await acting.sessions.stepUp({ code: app.at(scene.clock.now()) });
    expect(await scene.muster.sessions.authenticate(stepped.accessToken)).toMatchObject({
      methods: ["pwd", "otp", "mfa"],
    });
  });

  it("is refused without a proof, with a wrong one, without a session, and after its end", async () => {
    const scene = await aScene();
    const acting = await scene.as((await scene.login()).accessToken);
    expect(await brokenRules(acting.sessions.stepUp({}))).toEqual(["password: required"]);
    expect(await outcome(acting.sessions.stepUp({ password: "wrong" }))).toBe("InvalidCredentials");
    expect(await outcome(scene.muster.sessions.stepUp({ password }))).toBe("Forbidden");
    expect(await outcome(scene.muster.as("anonymous").sessions.stepUp({ password }))).toBe("Unauthenticated");
    await acting.sessions.logout();
    expect(await outcome(acting.sessions.stepUp({ password }))).toBe("SessionNotFound");
  });

  it("takes a code once, of 50 at once", async () => {
    const scene = await aScene();
    const { acting, app } = await scene.enrol();
    const code = app.at(scene.clock.now());
    const counts = await tally(Array.from({ length: 50 }, () => acting.sessions.stepUp({ code })));
    expect(counts.ok).toBe(1);
  });
});

describe("what a token says of its proof", () => {
  const now = Date.UTC(2026, 0, 1);
  const principal = { authenticatedAt: new Date(now - 60_000), methods: ["pwd"] };

  it("is enough when it is as recent and by as much as was asked for", () => {
    expect(lackOf(principal, {}, now)).toBeUndefined();
    expect(lackOf(principal, { maxAgeSeconds: 60, methods: ["pwd"] }, now)).toBeUndefined();
  });

  it("is not enough when it is older, by less, or of a time to come", () => {
    expect(lackOf(principal, { maxAgeSeconds: 58 }, now)).toMatchObject({ maxAgeSeconds: 58, methods: [] });
    expect(lackOf(principal, { methods: ["mfa"] }, now)).toMatchObject({ maxAgeSeconds: null, methods: ["mfa"] });
    expect(lackOf(principal, { maxAgeSeconds: 60 }, now - 3_600_000)).toBeDefined();
  });
});
