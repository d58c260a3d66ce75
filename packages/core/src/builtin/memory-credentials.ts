import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { compareCodePoints } from "../kernel/text.ts";
import type { CredentialStore } from "../ports/credential-store.ts";
import { type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memoryCredentials = (tables: Tables, run: Run): CredentialStore => ({
  findCandidate: (tenant, canonical) =>
    run(() => {
      const { users, identifiers, passwordHashes } = tablesOf(tables, tenant);
      const user = users.get(identifiers.get(canonical) ?? "")?.user;
      if (user === undefined) return Effect.succeed(Option.none());
      const passwordHash = passwordHashes.get(user.id) ?? null;
      return Effect.succeed(Option.some({ userId: user.id, status: user.status, passwordHash }));
    }),

  find: (tenant, userId) =>
    run(() => Effect.succeed(Option.fromUndefinedOr(tablesOf(tables, tenant).passwordHashes.get(userId)))),

  listAfter: (tenant, afterUserId, limit) =>
    run(() =>
      Effect.succeed(
        [...tablesOf(tables, tenant).passwordHashes]
          .map(([userId, passwordHash]) => ({ userId, passwordHash }))
          .filter(({ userId }) => afterUserId === null || compareCodePoints(userId, afterUserId) > 0)
          .sort((left, right) => compareCodePoints(left.userId, right.userId))
          .slice(0, limit),
      ),
    ),

  put: (tenant, userId, hash) =>
    run((journal) => {
      const { users, passwordHashes } = tablesOf(tables, tenant);
      if (!users.has(userId)) throw new Error("A password was put for a user who does not exist.");
      journal.set(passwordHashes, userId, hash);
      return Effect.void;
    }),

  replace: (tenant, userId, expected, hash) =>
    run((journal) => {
      const { passwordHashes } = tablesOf(tables, tenant);
      if (passwordHashes.get(userId) !== expected) return Effect.succeed(false);
      journal.set(passwordHashes, userId, hash);
      return Effect.succeed(true);
    }),

  remove: (tenant, userId) =>
    run((journal) => {
      const { passwordHashes } = tablesOf(tables, tenant);
      const isThere = passwordHashes.has(userId);
      if (isThere) journal.remove(passwordHashes, userId);
      return Effect.succeed(isThere);
    }),
});
