import type { SessionStore, UserRole } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import type { Executor } from "./executor.ts";
import { sessionQueries } from "./session-queries.ts";
import { sessionOf, sessionValuesOf } from "./session-row.ts";
import { requiredActionsIn } from "./user/user-row.ts";

export const sessionStore = (db: Builder, dialect: Dialect): ((executor: Executor) => SessionStore) => {
  const queries = sessionQueries(db);
  const mayRace = ({ isOfHost }: Executor): boolean => dialect.hostsMayRace === true && isOfHost === true;
  return (executor) => ({
    insert: (tenant, session, passwordHash) => {
      const insert = Effect.map(
        executor.run(queries.insert({ ...sessionValuesOf(session), tenant, passwordHash })),
        isOne,
      );
      if (!mayRace(executor)) return insert;
      // Whoever disables the user or changes the password writes the same row: one of the two sees the other.
      const { userId } = session;
      return Effect.flatMap(executor.run(queries.touchHolder({ tenant, userId })), (touched) =>
        isOne(touched) ? insert : Effect.succeed(false),
      );
    },
    find: (tenant, id) =>
      Effect.map(executor.first(queries.find({ tenant, id })), (row) =>
        row === undefined ? Option.none() : Option.some(sessionOf(row)),
      ),
    findHolder: (tenant, id, now) =>
      Effect.map(executor.first(queries.findHolder({ tenant, id, now: now.getTime() })), (row) =>
        Option.map(Option.fromUndefinedOr(row), (found) => ({
          userId: found.id,
          role: found.role as UserRole,
          requiredActions: requiredActionsIn(found.required_actions),
        })),
      ),
    rotate: (tenant, { sessionId, at, expiresAt, ...hashes }) =>
      Effect.map(
        executor.run(
          queries.rotate({ ...hashes, tenant, id: sessionId, at: at.getTime(), expiresAt: expiresAt.getTime() }),
        ),
        isOne,
      ),
    reauthenticate: (tenant, id, at, methods) =>
      Effect.map(
        executor.run(queries.reauthenticate({ tenant, id, at: at.getTime(), methods: methods.join(" ") })),
        isOne,
      ),
    revoke: (tenant, id, at) => Effect.map(executor.run(queries.revoke({ tenant, id, at: at.getTime() })), isOne),
    revokeAll: (tenant, userId, at) => {
      const values = { tenant, userId, at: at.getTime() };
      const revoke = Effect.andThen(
        executor.run(queries.revokeExpired(values)),
        executor.run(queries.revokeLive(values)),
      );
      // Every login writes the same row after its session: it is seen here, or undone and repeated.
      return mayRace(executor)
        ? Effect.andThen(executor.run(queries.touchSignIns({ tenant, userId })), revoke)
        : revoke;
    },
    list: (tenant, userId, now, limit) =>
      Effect.map(executor.all(queries.list({ tenant, userId, now: now.getTime(), limit })), (rows) =>
        rows.map(sessionOf),
      ),
    removeEndedBefore: (before, limit) => executor.run(queries.removeEnded({ before: before.getTime(), limit })),
  });
};

const isOne = (changes: number): boolean => changes === 1;
