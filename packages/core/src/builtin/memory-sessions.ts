import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { compareCodePoints } from "../kernel/text.ts";
import type { SessionStore, StoredSession } from "../ports/session-store.ts";
import { type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memorySessions = (tables: Tables, run: Run): SessionStore => ({
  insert: (tenant, session, passwordHash) =>
    run((journal) => {
      const { users, passwordHashes, sessions } = tablesOf(tables, tenant);
      const isAllowed =
        users.get(session.userId)?.user.status === "enabled" && passwordHashes.get(session.userId) === passwordHash;
      if (!isAllowed) return Effect.succeed(false);
      if (sessions.has(session.id)) throw new Error("Two sessions with one id.");
      journal.set(sessions, session.id, copyOf(session));
      return Effect.succeed(true);
    }),

  find: (tenant, id) =>
    run(() => Effect.succeed(Option.map(Option.fromUndefinedOr(tablesOf(tables, tenant).sessions.get(id)), copyOf))),

  findHolder: (tenant, id, now) =>
    run(() => {
      const { users, sessions } = tablesOf(tables, tenant);
      const session = sessions.get(id);
      if (session === undefined || !isLive(session, now)) return Effect.succeed(Option.none());
      const user = users.get(session.userId)?.user;
      if (user?.status !== "enabled") return Effect.succeed(Option.none());
      return Effect.succeed(
        Option.some({ userId: user.id, role: user.role, requiredActions: [...user.requiredActions] }),
      );
    }),

  rotate: (tenant, { sessionId, presentedHash, successorHash, successorBox, at, expiresAt }) =>
    run((journal) => {
      const { sessions } = tablesOf(tables, tenant);
      const session = sessions.get(sessionId);
      if (session === undefined || !isLive(session, at) || !areEqual(session.refreshHash, presentedHash)) {
        return Effect.succeed(false);
      }
      const rotated: StoredSession = {
        ...session,
        refreshedAt: at,
        expiresAt,
        refreshHash: successorHash,
        previousHash: presentedHash,
        successorBox,
      };
      journal.set(sessions, sessionId, copyOf(rotated));
      return Effect.succeed(true);
    }),

  reauthenticate: (tenant, id, at, methods) =>
    run((journal) => {
      const { sessions } = tablesOf(tables, tenant);
      const session = sessions.get(id);
      if (session === undefined || !isLive(session, at)) return Effect.succeed(false);
      journal.set(sessions, id, copyOf({ ...session, authenticatedAt: at, methods }));
      return Effect.succeed(true);
    }),

  revoke: (tenant, id, at) =>
    run((journal) => {
      const { sessions } = tablesOf(tables, tenant);
      const session = sessions.get(id);
      if (session === undefined || !isLive(session, at)) return Effect.succeed(false);
      journal.set(sessions, id, copyOf({ ...session, revokedAt: at }));
      return Effect.succeed(true);
    }),

  revokeAll: (tenant, userId, at) =>
    run((journal) => {
      const { sessions } = tablesOf(tables, tenant);
      const open = [...sessions.values()].filter(({ userId: id, revokedAt }) => id === userId && revokedAt === null);
      for (const session of open) journal.set(sessions, session.id, copyOf({ ...session, revokedAt: at }));
      return Effect.succeed(open.filter((session) => isLive(session, at)).length);
    }),

  list: (tenant, userId, now, limit) =>
    run(() => {
      const { sessions } = tablesOf(tables, tenant);
      const live = [...sessions.values()].filter((session) => session.userId === userId && isLive(session, now));
      return Effect.succeed(live.sort(newestFirst).slice(0, limit).map(copyOf));
    }),

  removeEndedBefore: (before, limit) =>
    run((journal) => {
      let removed = 0;
      for (const { sessions } of tables.tenants.values()) {
        for (const session of [...sessions.values()]) {
          if (removed >= limit) return Effect.succeed(removed);
          if (!endedBefore(session, before)) continue;
          journal.remove(sessions, session.id);
          removed++;
        }
      }
      return Effect.succeed(removed);
    }),
});

/** Neither revoked nor expired; a session expires at its instant, not after it. */
const isLive = (session: StoredSession, now: Date): boolean => session.revokedAt === null && session.expiresAt > now;

const endedBefore = (session: StoredSession, instant: Date): boolean =>
  session.expiresAt < instant || (session.revokedAt !== null && session.revokedAt < instant);

const newestFirst = (left: StoredSession, right: StoredSession): number =>
  right.createdAt.getTime() - left.createdAt.getTime() || compareCodePoints(right.id, left.id);

const areEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);

const copyOf = (session: StoredSession): StoredSession => ({
  ...session,
  createdAt: new Date(session.createdAt),
  authenticatedAt: new Date(session.authenticatedAt),
  methods: [...session.methods],
  refreshedAt: session.refreshedAt === null ? null : new Date(session.refreshedAt),
  expiresAt: new Date(session.expiresAt),
  revokedAt: session.revokedAt === null ? null : new Date(session.revokedAt),
  client: { ...session.client },
  refreshHash: Uint8Array.from(session.refreshHash),
  previousHash: session.previousHash === null ? null : Uint8Array.from(session.previousHash),
  successorBox: session.successorBox === null ? null : Uint8Array.from(session.successorBox),
});
