import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { compareCodePoints } from "../kernel/text.ts";
import type { OneTimePurpose, OneTimeTokenStore, StoredOneTimeToken } from "../ports/one-time-token-store.ts";
import { type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memoryOneTimeTokens = (tables: Tables, run: Run): OneTimeTokenStore => ({
  insert: (tenant, token) =>
    run((journal) => {
      const { users, oneTimeTokens } = tablesOf(tables, tenant);
      if (!users.has(token.userId)) throw new Error("A one-time token was inserted for a user who does not exist.");
      if (oneTimeTokens.has(keyOf(token.hash))) throw new Error("Two one-time tokens with one hash.");
      journal.set(oneTimeTokens, keyOf(token.hash), copyOf(token));
      return Effect.void;
    }),

  find: (tenant, hash) =>
    run(() => {
      const found = tablesOf(tables, tenant).oneTimeTokens.get(keyOf(hash));
      return Effect.succeed(Option.map(Option.fromUndefinedOr(found), copyOf));
    }),

  findNewest: (tenant, userId, purpose) =>
    run(() => {
      const [newest] = belongingTo(tables, tenant, userId, purpose).sort(newestFirst);
      return Effect.succeed(Option.map(Option.fromUndefinedOr(newest), copyOf));
    }),

  consume: (tenant, hash, purpose, now) =>
    run((journal) => {
      const { oneTimeTokens } = tablesOf(tables, tenant);
      const found = oneTimeTokens.get(keyOf(hash));
      if (found === undefined || found.purpose !== purpose || found.expiresAt <= now) {
        return Effect.succeed(Option.none());
      }
      journal.remove(oneTimeTokens, keyOf(hash));
      return Effect.succeed(Option.some(copyOf(found)));
    }),

  removeAll: (tenant, userId, purpose) =>
    run((journal) => {
      const found = belongingTo(tables, tenant, userId, purpose);
      for (const { hash } of found) journal.remove(tablesOf(tables, tenant).oneTimeTokens, keyOf(hash));
      return Effect.succeed(found.length);
    }),

  removeExpiredBefore: (before, limit) =>
    run((journal) => {
      let removed = 0;
      for (const { oneTimeTokens } of tables.tenants.values()) {
        for (const { hash, expiresAt } of [...oneTimeTokens.values()]) {
          if (removed >= limit) return Effect.succeed(removed);
          if (expiresAt >= before) continue;
          journal.remove(oneTimeTokens, keyOf(hash));
          removed++;
        }
      }
      return Effect.succeed(removed);
    }),
});

/** Under which a token is kept. In hexadecimal, so that texts sort as the bytes do. */
const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");

const belongingTo = (tables: Tables, tenant: string, userId: string, purpose: OneTimePurpose) =>
  [...tablesOf(tables, tenant).oneTimeTokens.values()].filter(
    (token) => token.userId === userId && token.purpose === purpose,
  );

const newestFirst = (left: StoredOneTimeToken, right: StoredOneTimeToken): number =>
  right.createdAt.getTime() - left.createdAt.getTime() || compareCodePoints(keyOf(right.hash), keyOf(left.hash));

const copyOf = (token: StoredOneTimeToken): StoredOneTimeToken => ({
  ...token,
  hash: Uint8Array.from(token.hash),
  boundTo: Uint8Array.from(token.boundTo),
  createdAt: new Date(token.createdAt),
  expiresAt: new Date(token.expiresAt),
});
