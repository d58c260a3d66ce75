import { pbkdf2 } from "node:crypto";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/builtin/environment.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import type { AccessTokenClaims } from "../../src/ports/token-signer.ts";
import { signerOf } from "../builtin/installation.ts";
import { freshMilliseconds, withFrozenPolling, withJane, withUser } from "../doubles/known-user.ts";
import { issuer, onStore, outcomeOf, password, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { namesOf, watchedStore } from "../doubles/watched-store.ts";

describe.each(stores)("checking access tokens on $name", ({ open }) => {
  it("tells who a token speaks for", async () => {
    const { userId, tokens, principal } = await withJane(await started({ store: open() }));
    expect(principal).toMatchObject({ tenant: "default", userId, sessionId: tokens.sessionId, role: "admin" });
    expect(Object.isFrozen(principal)).toBe(true);
  });

  it("asks the store nothing about a token seen before", async () => {
    const store = watchedStore(open());
    const { muster, tokens, principal } = await withJane(await started({ store }));
    store.statements.length = 0;
    for (let count = 0; count < 1_000; count++) {
      expect(await muster.sessions.authenticate(tokens.accessToken)).toEqual(principal);
    }
    expect(namesOf(store)).toEqual([]);
  });

  it("asks the store one thing about a token seen first", async () => {
    const store = watchedStore(open());
    const { muster } = await withJane(await started({ store }));
    const { accessToken } = await muster.sessions.login({ login: "jane", password });
    store.statements.length = 0;
    await muster.sessions.authenticate(accessToken);
    expect(namesOf(store)).toEqual(["sessions.findHolder"]);
  });

  it("reads the feed once for many stale checks at once", async () => {
    const time = withFrozenPolling();
    const store = watchedStore(open());
    const { muster, tokens } = await withJane(await started({ store }));
    time.pass(freshMilliseconds + 1);
    store.statements.length = 0;
    await Promise.all(Array.from({ length: 200 }, () => muster.sessions.authenticate(tokens.accessToken)));
    expect(store.statements.map(({ name }) => name)).toEqual(["accessChanges.since"]);
  });

  it("answers StoreUnavailable rather than what it knew when the store is down", async () => {
    const time = withFrozenPolling();
    const store = watchedStore(open());
    const { muster, tokens } = await withJane(await started({ store }));
    const fresh = await muster.sessions.login({ login: "jane", password });
    store.isDown = true;
    expect(await outcomeOf(muster.sessions.authenticate(fresh.accessToken))).toBe("StoreUnavailable");
    time.pass(freshMilliseconds + 1);
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("StoreUnavailable");
    expect(await outcomeOf(muster.sessions.authenticate("nonsense"))).toBe("StoreUnavailable");
    store.isDown = false;
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("success");
  });

  it("refuses a token at the instant it expires, seen before or not", async () => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ports: { clock }, accessTokenSeconds: 60 });
    const { tokens } = await withJane(muster);
    const unseen = await muster.sessions.login({ login: "jane", password });
    clock.advance(59_999);
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("success");
    clock.advance(1);
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("InvalidToken");
    expect(await outcomeOf(muster.sessions.authenticate(unseen.accessToken))).toBe("InvalidToken");
  });

  it("refuses a token of another tenant, seen before or not", async () => {
    const muster = await started({ store: open() });
    const { tokens } = await withJane(muster);
    const unseen = await muster.sessions.login({ login: "jane", password });
    for (const { accessToken } of [tokens, unseen]) {
      expect(await outcomeOf(muster.tenant("acme").sessions.authenticate(accessToken))).toBe("InvalidToken");
    }
    const acme = muster.tenant("acme");
    await acme.users.create({ username: "jane", password });
    const ofAcme = await acme.sessions.login({ login: "jane", password });
    expect(await acme.sessions.authenticate(ofAcme.accessToken)).toMatchObject({ tenant: "acme" });
    expect(await outcomeOf(muster.sessions.authenticate(ofAcme.accessToken))).toBe("InvalidToken");
  });

  it("refuses a token whose parts do not belong together, though its signature is right", async () => {
    const store = open();
    const { muster, userId, tokens } = await withJane(await started({ store }));
    const joe = await withUser(muster, "joe");
    const now = Math.floor(Date.now() / 1_000);
    const times = { iat: now, exp: now + 60, authTime: now };
    const right = { tenant: "default", sub: userId, sid: tokens.sessionId, jti: "1", amr: ["pwd"], ...times };
    const sign = (claims: AccessTokenClaims): Promise<string> =>
      onStore(store, ({ keys }) =>
        Effect.flatMap(
          signerOf({
            keys,
            clock: systemClock,
            issuer,
            audience: issuer,
            maximumLifetimeSeconds: 900,
          }),
          (signer) => signer.sign(claims),
        ),
      );
    expect(await outcomeOf(muster.sessions.authenticate(await sign(right)))).toBe("success");
    for (const wrong of [{ sub: joe.userId }, { sid: joe.tokens.sessionId }, { tenant: "acme" }, { sid: userId }]) {
      const token = await sign({ ...right, ...wrong });
      expect(await outcomeOf(muster.sessions.authenticate(token)), JSON.stringify(wrong)).toBe("InvalidToken");
    }
  });

  it("refuses a token of another installation", async () => {
    const muster = await started({ store: open() });
    const { tokens } = await withJane(await started({ store: open() }));
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("InvalidToken");
  });

  it.each([
    null,
    undefined,
    0,
    1,
    true,
    [],
    {},
    { $ne: null },
    { toString: "x" },
    Object.create(null),
    Symbol("token"),
    () => "token",
    "",
  ])("refuses what is no text: %s", async (value) => {
    const { muster } = await withJane(await started({ store: open() }));
    expect(await outcomeOf(muster.sessions.authenticate(value as never))).toBe("InvalidToken");
  });

  it("checks a token seen before while every thread of the pool is busy", async () => {
    const { muster, tokens } = await withJane(await started({ store: open() }));
    let isBusy = true;
    const blocked = Promise.race(
      Array.from(
        { length: 4 },
        () =>
          new Promise<void>((resolve, reject) =>
            pbkdf2("a", "b", 200_000, 32, "sha512", (error) => (error === null ? resolve() : reject(error))),
          ),
      ),
    ).then(() => {
      isBusy = false;
    });
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("success");
    expect(isBusy).toBe(true);
    await blocked;
  });
});

it("checks a token seen first while every thread of the pool is busy, when the store does not need it", async () => {
  const store: StoreModule | undefined = stores[0]?.open();
  if (store === undefined) throw new Error("There is no store.");
  const { muster } = await withJane(await started({ store }));
  const { accessToken } = await muster.sessions.login({ login: "jane", password });
  let isBusy = true;
  const blocked = Promise.all(
    Array.from({ length: 4 }, () => new Promise((resolve) => pbkdf2("a", "b", 200_000, 32, "sha512", resolve))),
  ).then(() => {
    isBusy = false;
  });
  expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("success");
  expect(isBusy).toBe(true);
  await blocked;
});
