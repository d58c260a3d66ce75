import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import { stores } from "../doubles/stores.ts";
import { watchedStore } from "../doubles/watched-store.ts";
import { outcome, refusal } from "../instance.ts";
import { tally } from "../recovery/scene.ts";
import { aScene, password } from "./scene.ts";

describe.each(stores)("a login with a second factor, kept in $name", ({ open }) => {
  it("asks for a code, and then is a login like any other whose token says how", async () => {
    const scene = await aScene({ store: open() });
    const { app } = await scene.enrol();
    const asked = await scene.asked();
    expect(asked.factors).toEqual(["totp", "recovery_code"]);
    const code = app.at(scene.clock.now());
    const client = { address: "::1" };
    const tokens = await scene.muster.sessions.completeLogin({ challenge: asked.challenge, code, client });
    const principal = await scene.muster.sessions.authenticate(tokens.accessToken);
    expect(principal).toMatchObject({
      userId: scene.jane.id,
      methods: ["pwd", "otp", "mfa"],
      authenticatedAt: new Date(scene.clock.now()),
    });
    expect(await scene.muster.sessions.list(scene.jane.id)).toContainEqual(
      expect.objectContaining({ id: tokens.sessionId, client, methods: ["pwd", "otp", "mfa"] }),
    );
    expect((await scene.muster.users.get(scene.jane.id)).loginCount).toBe(2);
  });

  it("keeps what it says over a refresh", async () => {
    const scene = await aScene({ store: open() });
    const { app } = await scene.enrol();
    const { refreshToken } = await scene.complete(app.at(scene.clock.now()));
    const at = new Date(scene.clock.now());
    scene.clock.wait(60_000);
    const fresh = await scene.muster.sessions.refresh(refreshToken);
    expect(await scene.muster.sessions.authenticate(fresh.accessToken)).toMatchObject({
      methods: ["pwd", "otp", "mfa"],
      authenticatedAt: at,
    });
  });

  it("lets one of 50 in who show one code at once, each with a challenge of their own", async () => {
    const scene = await aScene({ store: open() });
    const { app } = await scene.enrol();
    const challenges = [];
    for (let number = 0; number < 50; number++) challenges.push((await scene.asked()).challenge);
    const code = app.at(scene.clock.now());
    const counts = await tally(challenges.map((challenge) => scene.muster.sessions.completeLogin({ challenge, code })));
    expect(counts.ok).toBe(1);
    expect((counts.InvalidCode ?? 0) + (counts.TooManyAttempts ?? 0)).toBe(49);
  });

  it("lets one of 50 in who use one challenge or one recovery code at once", async () => {
    const scene = await aScene({ store: open() });
    const { recoveryCodes } = await scene.enrol();
    const { challenge } = await scene.asked();
    const ofEach = Array.from({ length: 50 }, (_, index) => recoveryCodes[index % 10] ?? "");
    const one = await tally(ofEach.map((code) => scene.muster.sessions.completeLogin({ challenge, code })));
    expect(one).toEqual({ ok: 1, InvalidChallenge: 49 });
    const left = (await scene.muster.secondFactors.list(scene.jane.id)).recoveryCodesLeft;
    expect(left).toBe(9);
  });

  it("takes a code once, also with another challenge, and none of before it", async () => {
    const scene = await aScene({ store: open() });
    const { app } = await scene.enrol();
    const [now, before] = [app.at(scene.clock.now()), app.at(scene.clock.now() - 30_000)];
    await scene.complete(now);
    expect(await outcome(scene.complete(now))).toBe("InvalidCode");
    expect(await outcome(scene.complete(before))).toBe("InvalidCode");
    scene.clock.wait(30_000);
    await scene.complete(app.at(scene.clock.now()));
  });
});

describe("a code", () => {
  it("that is used up by another login while it is looked at lets nobody in", async () => {
    const store = watchedStore(memoryStore());
    const scene = await aScene({ store });
    const { app } = await scene.enrol();
    const [first, second] = [await scene.asked(), await scene.asked()];
    const code = app.at(scene.clock.now());
    const complete = ({ challenge }: { readonly challenge: string }) =>
      scene.muster.sessions.completeLogin({ challenge, code });
    store.after.set("secondFactors.list", () => complete(second));
    expect(await outcome(complete(first))).toBe("InvalidCode");
    scene.clock.wait(30_000);
    const next = app.at(scene.clock.now());
    const { challenge } = first;
    expect(await outcome(scene.muster.sessions.completeLogin({ challenge, code: next }))).toBe("ok");
  });
});

describe("the challenge of a login", () => {
  it("is good once", async () => {
    const scene = await aScene();
    const { app } = await scene.enrol();
    const { challenge } = await scene.asked();
    await scene.muster.sessions.completeLogin({ challenge, code: app.at(scene.clock.now()) });
    scene.clock.wait(30_000);
    const again = scene.muster.sessions.completeLogin({ challenge, code: app.at(scene.clock.now()) });
    expect(await outcome(again)).toBe("InvalidChallenge");
  });

  it("stays good after a wrong code, for five minutes", async () => {
    const scene = await aScene();
    const { app } = await scene.enrol();
    const { challenge, expiresAt } = await scene.asked();
    const [first, second] = [await scene.asked(), await scene.asked()];
    expect(expiresAt.getTime() - scene.clock.now()).toBe(300_000);
    const complete = (text: string, code: string) => scene.muster.sessions.completeLogin({ challenge: text, code });
    expect(await outcome(complete(challenge, "000000"))).toBe("InvalidCode");
    scene.clock.wait(299_999);
    expect(await outcome(complete(first.challenge, app.at(scene.clock.now())))).toBe("ok");
    scene.clock.wait(1);
    expect(await outcome(complete(second.challenge, app.at(scene.clock.now())))).toBe("InvalidChallenge");
  });

  it("ends with a new password, with a user who is disabled, and is nothing in another tenant", async () => {
    const scene = await aScene();
    const { app } = await scene.enrol();
    const [first, second, third] = [await scene.asked(), await scene.asked(), await scene.asked()];
    const code = app.at(scene.clock.now());
    const complete = ({ challenge }: { readonly challenge: string }, tenant = "default") =>
      outcome(scene.muster.tenant(tenant).sessions.completeLogin({ challenge, code }));
    expect(await complete(first, "acme")).toBe("InvalidChallenge");
    await scene.muster.users.setPassword(scene.jane.id, "another staple entirely");
    expect(await complete(first)).toBe("InvalidChallenge");
    await scene.muster.users.setPassword(scene.jane.id, password);
    expect(await complete(second)).toBe("InvalidChallenge");
    await scene.muster.users.disable(scene.jane.id);
    expect(await complete(third)).toBe("InvalidChallenge");
  });

  it.each(["", "nonsense", "mst_lgn_", "mst_rst_AAAA"])("is not %j", async (challenge) => {
    const { muster } = await aScene();
    expect(await outcome(muster.sessions.completeLogin({ challenge, code: "123456" }))).toBe("InvalidChallenge");
  });

  it("is not printed with its error", async () => {
    const scene = await aScene();
    await scene.enrol();
    const asked = await scene.asked();
    expect(asked.challenge).toMatch(/^mst_lgn_[A-Za-z0-9_-]{48}$/);
    const printed = [inspect(asked, { depth: 9, showHidden: true }), JSON.stringify(asked), String(asked), asked.stack];
    expect(printed.join()).not.toContain(asked.challenge.slice(8));
  });
});

describe("guessing", () => {
  it("is answered by waits that grow, whatever the challenge, and a right code in a wait does not help", async () => {
    const scene = await aScene();
    const { app } = await scene.enrol();
    for (let guess = 0; guess < 5; guess++) expect(await outcome(scene.complete("000000"))).toBe("InvalidCode");
    const refused = await refusal(scene.complete(app.at(scene.clock.now())));
    expect(refused).toMatchObject({ _tag: "TooManyAttempts", retryAfterSeconds: 30 });
    scene.clock.wait(30_000);
    expect(await outcome(scene.complete("000000"))).toBe("InvalidCode");
    scene.clock.wait(59_999);
    expect(await outcome(scene.complete("000000"))).toBe("TooManyAttempts");
    scene.clock.wait(1);
    await scene.complete(app.at(scene.clock.now()));
    scene.clock.wait(30_000);
    expect(await outcome(scene.complete("000000"))).toBe("InvalidCode");
    expect(await outcome(scene.complete("000000"))).toBe("InvalidCode");
  });

  it("does not keep out whoever has a recovery code", async () => {
    const scene = await aScene();
    const { recoveryCodes } = await scene.enrol();
    for (let guess = 0; guess < 6; guess++) await outcome(scene.complete("000000"));
    expect(await outcome(scene.complete(recoveryCodes[0] ?? ""))).toBe("ok");
    expect(await outcome(scene.complete("000000"))).toBe("InvalidCode");
  });

  it("of a password looks the same with a second factor and without one", async () => {
    const scene = await aScene();
    await scene.enrol();
    const answers = ["jane", "nobody"].map((login) =>
      refusal(scene.muster.sessions.login({ login, password: "wrong" })),
    );
    const [known, unknown] = await Promise.all(answers);
    expect(known?._tag).toBe("InvalidCredentials");
    expect(JSON.stringify(known)).toBe(JSON.stringify(unknown));
  });
});
