import { pbkdf2 } from "node:crypto";
import * as Effect from "effect/Effect";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { makeEddsaTokenSigner } from "../../src/builtin/eddsa-token-signer.ts";
import { systemClock, systemRandom } from "../../src/builtin/environment.ts";
import type { Muster } from "../../src/muster.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import type { AccessTokenClaims } from "../../src/ports/token-signer.ts";
import type { Principal, SessionTokens } from "../../src/session/session.ts";
import { issuer, onStore, outcomeOf, password, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { namesOf, watchedStore } from "../doubles/watched-store.ts";

const freshMilliseconds = 800;

/** Monotonic time that passes on command, and a process whose timers never get their turn. */
const withFrozenPolling = (): { readonly pass: (milliseconds: number) => void } => {
  let time = 1_000_000;
  const now = vi.spyOn(performance, "now").mockImplementation(() => time);
  const timers = vi.spyOn(globalThis, "setInterval").mockImplementation(() => setTimeout(() => {}, 0));
  onTestFinished(() => {
    now.mockRestore();
    timers.mockRestore();
  });
  return {
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
};

interface Known {
  readonly muster: Muster;
  readonly userId: string;
  readonly tokens: SessionTokens;
  readonly principal: Principal;
}

/** Jane, whose token was checked before. An admin is there beside her. */
const withJane = async (muster: Muster): Promise<Known> => {
  await muster.users.create({ username: "root", password, role: "admin" });
  return withUser(muster, "jane");
};

const withUser = async (muster: Muster, username: string): Promise<Known> => {
  const { id: userId } = await muster.users.create({ username, password, role: "admin" });
  const tokens = await muster.sessions.login({ login: username, password });
  return { muster, userId, tokens, principal: await muster.sessions.authenticate(tokens.accessToken) };
};

const changes: readonly (readonly [string, string, (muster: Muster, known: Known) => Promise<unknown>])[] = [
  ["disabled", "InvalidToken", (muster, { userId }) => muster.users.disable(userId)],
  ["deleted", "InvalidToken", (muster, { userId }) => muster.users.delete(userId)],
  [
    "given another password",
    "InvalidToken",
    (muster, { userId }) => muster.users.setPassword(userId, "quite another one"),
  ],
  ["logged out", "InvalidToken", (muster, { principal }) => muster.as(principal).sessions.logout()],
  ["without that session", "InvalidToken", (muster, { tokens }) => muster.sessions.revoke(tokens.sessionId)],
  ["without any session", "InvalidToken", (muster, { userId }) => muster.sessions.revokeAll(userId)],
  [
    "robbed of a refresh token",
    "InvalidToken",
    async (muster, { tokens }) => {
      const { refreshToken } = await muster.sessions.refresh(tokens.refreshToken);
      await muster.sessions.refresh(refreshToken);
      await outcomeOf(muster.sessions.refresh(tokens.refreshToken));
    },
  ],
  ["demoted", "user", (muster, { userId }) => muster.users.setRole(userId, "user")],
];

/** The role a token speaks with, or the error it is refused with. */
const roleOf = async (muster: Muster, token: string): Promise<string> => {
  try {
    return (await muster.sessions.authenticate(token)).role;
  } catch (error) {
    return error instanceof Error && "_tag" in error ? String(error._tag) : String(error);
  }
};

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

  it.each(changes)("obeys at once in this process when a user is %s", async (_what, then, change) => {
    const known = await withJane(await started({ store: open() }));
    await change(known.muster, known);
    expect(await roleOf(known.muster, known.tokens.accessToken)).toBe(then);
  });

  it("obeys within a second what another instance changed", async () => {
    const store = open();
    const muster = await started({ store });
    const elsewhere = await started({ store });
    await muster.users.create({ username: "root", password, role: "admin" });
    const begun: { readonly at: number; readonly role: Promise<string>; readonly then: string }[] = [];
    const users = await Promise.all(
      changes.map(async ([, then, change], index) => ({ then, change, ...(await withUser(muster, `jane${index}`)) })),
    );
    const check = () => {
      for (const { tokens, then } of users) {
        begun.push({ at: performance.now(), role: roleOf(muster, tokens.accessToken), then });
      }
    };
    check();
    for (const user of users) await user.change(elsewhere, user);
    const changedAt = performance.now();
    while (performance.now() < changedAt + 1_100) {
      check();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    check();
    for (const { at, role, then } of begun) if (at >= changedAt + 1_000) expect(await role).toBe(then);
  });

  it.each(changes)(
    "reads the feed before it answers when it is stale, and so obeys that a user is %s",
    async (_what, then, change) => {
      const time = withFrozenPolling();
      const module = open();
      const store = watchedStore(module);
      const known = await withJane(await started({ store }));
      const elsewhere = await started({ store: module });
      await change(elsewhere, known);
      time.pass(freshMilliseconds);
      expect(await roleOf(known.muster, known.tokens.accessToken)).toBe("admin");
      time.pass(1);
      store.statements.length = 0;
      expect(await roleOf(known.muster, known.tokens.accessToken)).toBe(then);
      expect(store.statements[0]?.name).toBe("accessChanges.since");
    },
  );

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

  it.each(changes)(
    "remembers nobody whose check read the old state while they were %s",
    async (_what, then, change) => {
      const store = watchedStore(open());
      const known = await withJane(await started({ store }));
      const { muster } = known;
      const second = await muster.sessions.login({ login: "jane", password });
      const principal = { ...known.principal, sessionId: second.sessionId };
      store.after.set("sessions.findHolder", () => change(muster, { ...known, tokens: second, principal }));
      await outcomeOf(muster.sessions.authenticate(second.accessToken));
      expect(await roleOf(muster, second.accessToken)).toBe(then);
    },
  );

  it("remembers nobody whose check read the old state while another instance disabled them", async () => {
    const time = withFrozenPolling();
    const module = open();
    const store = watchedStore(module);
    const known = await withJane(await started({ store }));
    const { muster, userId } = known;
    const elsewhere = await started({ store: module });
    const unseen = await muster.sessions.login({ login: "jane", password });

    // The feed is read after the change and before the check ends.
    store.after.set("sessions.findHolder", async () => {
      await elsewhere.users.disable(userId);
      time.pass(freshMilliseconds + 1);
      await outcomeOf(muster.sessions.authenticate(known.tokens.accessToken));
    });
    await outcomeOf(muster.sessions.authenticate(unseen.accessToken));
    expect(await outcomeOf(muster.sessions.authenticate(unseen.accessToken))).toBe("InvalidToken");

    // The check ends first, the feed is read after.
    await elsewhere.users.enable(userId);
    const again = await muster.sessions.login({ login: "jane", password });
    time.pass(freshMilliseconds + 1);
    store.after.set("sessions.findHolder", () => elsewhere.users.disable(userId));
    await outcomeOf(muster.sessions.authenticate(again.accessToken));
    time.pass(freshMilliseconds + 1);
    expect(await outcomeOf(muster.sessions.authenticate(again.accessToken))).toBe("InvalidToken");
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
    const right = { tenant: "default", sub: userId, sid: tokens.sessionId, jti: "1", iat: now, exp: now + 60 };
    const sign = (claims: AccessTokenClaims): Promise<string> =>
      onStore(store, ({ keys }) =>
        Effect.flatMap(
          makeEddsaTokenSigner({
            keys,
            randomSource: systemRandom,
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
