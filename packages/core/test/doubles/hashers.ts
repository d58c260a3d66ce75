import { createHash, randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import { argon2Hasher } from "../../src/builtin/argon2-hasher.ts";
import type { TooBusy } from "../../src/errors.ts";
import type { PasswordHasher } from "../../src/ports/password-hasher.ts";

/** Hashes in no time, as a host with cheap passwords might; `cost` is its parameter. */
export const quickHasher = (cost = 1): PasswordHasher => {
  const digest = (salt: string, password: Redacted.Redacted): string =>
    createHash("sha256").update(salt).update(Redacted.value(password)).digest("base64url");
  return {
    hash: (password) =>
      Effect.sync(() => {
        const salt = randomUUID();
        return `$quick$${cost}$${salt}$${digest(salt, password)}`;
      }),
    verify: (password, hash) =>
      Effect.sync(() => {
        const [, , , salt = "", stored] = hash.split("$");
        return stored === digest(salt, password);
      }),
    verifyNothing: () => Effect.void,
    isOutdated: (hash) => hash.split("$")[2] !== String(cost),
    inspect: (hash) => ({ scheme: "quick", refusal: hash.startsWith("$quick$") ? null : "It is not quick." }),
    hardened: () => Effect.succeedNone,
  };
};

export interface WatchedHasher extends PasswordHasher {
  readonly calls: { hash: number; verify: number; verifyNothing: number };
  /** Runs between the end of a check and the moment its caller hears of it. */
  afterVerify: (() => Promise<unknown>) | undefined;
  /** Every call of this kind fails with it, as if the line were full. */
  refuse: { readonly hash?: TooBusy; readonly verify?: TooBusy };
  /** Forgets what was counted. */
  readonly reset: () => void;
}

/** The hasher itself, with its calls counted and a place to stop at. */
export const watchedHasher = (inner: PasswordHasher): WatchedHasher => {
  const calls = { hash: 0, verify: 0, verifyNothing: 0 };
  const watched: WatchedHasher = {
    calls,
    afterVerify: undefined,
    refuse: {},
    reset: () => Object.assign(calls, { hash: 0, verify: 0, verifyNothing: 0 }),
    hash: (password) =>
      Effect.suspend(() => {
        calls.hash++;
        return watched.refuse.hash === undefined ? inner.hash(password) : Effect.fail(watched.refuse.hash);
      }),
    verify: (password, hash) =>
      Effect.suspend(() => {
        calls.verify++;
        if (watched.refuse.verify !== undefined) return Effect.fail(watched.refuse.verify);
        return Effect.tap(inner.verify(password, hash), () =>
          Effect.promise(async () => {
            const run = watched.afterVerify;
            watched.afterVerify = undefined;
            await run?.();
          }),
        );
      }),
    verifyNothing: (password) =>
      Effect.suspend(() => {
        calls.verifyNothing++;
        return watched.refuse.verify === undefined ? inner.verifyNothing(password) : Effect.fail(watched.refuse.verify);
      }),
    isOutdated: (hash) => inner.isOutdated(hash),
    inspect: (hash) => inner.inspect(hash),
    hardened: (hash, how) => inner.hardened(hash, how),
  };
  return watched;
};

/** The hasher that ships, at the least cost it accepts. */
export const realHasher = (): ReturnType<typeof argon2Hasher> => argon2Hasher({ threads: 2 });
