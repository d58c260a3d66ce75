import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoredSession } from "../../../src/ports/session-store.ts";
import { type Mutant, withFaultIn, withoutTransactions, withSessions } from "./faulty.ts";

/** Lists what was ever inserted, whatever became of it. */
const showingRevoked = () => {
  const known: string[] = [];
  return withSessions(({ sessions }) => ({
    insert: (tenant, session, hash) => {
      known.push(session.id);
      return sessions.insert(tenant, session, hash);
    },
    list: Effect.fnUntraced(function* (tenant, userId, now, limit) {
      const found = yield* Effect.forEach(known, (id) => sessions.find(tenant, id));
      const isShown = (session: StoredSession) => session.userId === userId && session.expiresAt > now;
      const newestFirst = (left: StoredSession, right: StoredSession) =>
        right.createdAt.getTime() - left.createdAt.getTime() || (left.id < right.id ? 1 : -1);
      return found.flatMap(Option.toArray).filter(isShown).sort(newestFirst).slice(0, limit);
    }),
  }));
};

export const mutantsOfSessions: readonly Mutant[] = [
  {
    fault: "a token is rotated by reading, then writing",
    module: () =>
      withoutTransactions(
        withSessions(({ sessions }) => ({
          rotate: Effect.fnUntraced(function* (tenant, rotation) {
            const hash = Effect.map(
              sessions.find(tenant, rotation.sessionId),
              (found) => Option.getOrThrow(found).refreshHash,
            );
            if (Buffer.compare(yield* hash, rotation.presentedHash) !== 0) return false;
            yield* Effect.yieldNow;
            return yield* sessions.rotate(tenant, { ...rotation, presentedHash: yield* hash });
          }),
        })),
      ),
    broken: "of 50 callers who rotate one token exactly one succeeds",
  },
  {
    fault: "a session is opened whatever the password is by now",
    module: () =>
      withSessions(({ sessions, credentials }) => ({
        insert: Effect.fnUntraced(function* (tenant, session, hash) {
          const current = yield* credentials.find(tenant, session.userId);
          return yield* sessions.insert(
            tenant,
            session,
            Option.getOrElse(current, () => hash),
          );
        }),
      })),
    broken: "a session is refused when the password changed meanwhile",
  },
  {
    fault: "a session is opened whatever the status is",
    module: () =>
      withSessions(({ sessions, users }) => ({
        insert: Effect.fnUntraced(function* (tenant, session, hash) {
          const holder = Option.getOrUndefined(yield* users.find(tenant, session.userId));
          const isInserted = yield* sessions.insert(tenant, session, hash);
          return isInserted || (holder !== undefined && holder.status !== "enabled");
        }),
      })),
    broken: "a session is refused when the user is not enabled",
  },
  {
    fault: "a token works until the end of its last millisecond",
    module: () =>
      withSessions(({ sessions }) => ({
        rotate: (tenant, rotation) => sessions.rotate(tenant, { ...rotation, at: new Date(rotation.at.getTime() - 1) }),
      })),
    broken: "a rotation is refused once the session is revoked or expired",
  },
  {
    fault: "a session is revoked by reading, then writing",
    module: () =>
      withoutTransactions(
        withSessions(({ sessions }) => ({
          revoke: Effect.fnUntraced(function* (tenant, id, at) {
            const found = Option.getOrUndefined(yield* sessions.find(tenant, id));
            if (found === undefined || found.revokedAt !== null || found.expiresAt <= at) return false;
            yield* Effect.yieldNow;
            yield* sessions.revoke(tenant, id, at);
            return true;
          }),
        })),
      ),
    broken: "of 50 callers who revoke one session exactly one is told so",
  },
  {
    fault: "revoking all sessions leaves the expired ones",
    module: () =>
      withSessions(({ sessions }) => ({
        revokeAll: Effect.fnUntraced(function* (tenant, userId, at) {
          const live = yield* sessions.list(tenant, userId, at, 1000);
          yield* Effect.forEach(live, ({ id }) => sessions.revoke(tenant, id, at));
          return live.length;
        }),
      })),
    broken: "revoking all sessions of a user takes the live ones of that user",
  },
  {
    fault: "revoked sessions are listed",
    module: showingRevoked,
    broken: "the live sessions of a user are listed newest first",
  },
  {
    fault: "a disabled user still holds a session",
    module: () =>
      withSessions(({ sessions, users }) => ({
        findHolder: Effect.fnUntraced(function* (tenant, id, now) {
          const session = Option.getOrUndefined(yield* sessions.find(tenant, id));
          if (session === undefined || session.revokedAt !== null || session.expiresAt <= now) return Option.none();
          const holder = yield* users.find(tenant, session.userId);
          return Option.map(holder, ({ role, requiredActions }) => ({ userId: session.userId, role, requiredActions }));
        }),
      })),
    broken: "a session that expired, was revoked or whose user left 'enabled' has no holder",
  },
  {
    fault: "the required actions of a holder are forgotten",
    module: () =>
      withSessions(({ sessions }) => ({
        findHolder: (tenant, id, now) =>
          Effect.map(
            sessions.findHolder(tenant, id, now),
            Option.map((holder) => ({ ...holder, requiredActions: [] })),
          ),
      })),
    broken: "the holder of a live session is its user, with the role and required actions of the moment",
  },
  {
    fault: "ended sessions are removed all at once",
    module: () =>
      withSessions(({ sessions }) => ({ removeEndedBefore: (before) => sessions.removeEndedBefore(before, 1000) })),
    broken: "sessions that ended before an instant are removed from all tenants, so many at a time",
  },
  {
    fault: "a password is replaced by reading, then writing",
    module: () =>
      withoutTransactions(
        withFaultIn("credentials", ({ credentials }) => ({
          replace: Effect.fnUntraced(function* (tenant, userId, expected, hash, at) {
            const found = Option.getOrUndefined(yield* credentials.find(tenant, userId));
            if (found !== expected) return false;
            yield* Effect.yieldNow;
            yield* credentials.put(tenant, userId, hash, at);
            return true;
          }),
        })),
      ),
    broken: "of 50 callers who replace one password hash exactly one succeeds",
  },
];
