import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import type { AuditEventType } from "../audit/audit-event.ts";
import { actorId, auditActor, type CallScope } from "../authorization/actor.ts";
import { allows, require as requireStanding } from "../authorization/policy.ts";
import { SessionNotFound, Unauthenticated } from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { StoredSession } from "../ports/session-store.ts";
import type { Stores } from "../ports/storage.ts";
import { decodeUserId } from "../user/user-input.ts";
import type { Session } from "./session.ts";
import type { ListSessionsError, LogoutError, RevokeSessionError, RevokeSessionsError } from "./session-errors.ts";

export interface SessionsPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
}

/** Sessions after their login. */
export interface SessionCare {
  readonly logout: (scope: CallScope) => Effect.Effect<void, LogoutError>;
  readonly list: (scope: CallScope, userId?: string) => Effect.Effect<readonly Session[], ListSessionsError>;
  readonly revoke: (scope: CallScope, sessionId: string) => Effect.Effect<void, RevokeSessionError>;
  readonly revokeAll: (scope: CallScope, userId: string) => Effect.Effect<number, RevokeSessionsError>;
}

const decodeText = decoder(Schema.String as Schema.Codec<string, unknown>);

/** Most sessions that a list shows. */
const listLimit = 100;

export const makeSessions = (ports: SessionsPorts): SessionCare => {
  const ended = Effect.fnUntraced(function* (
    scope: CallScope,
    stores: Stores,
    event: AuditEventType,
    userId: string,
    sessionId: string | null,
    at: Date,
  ) {
    yield* stores.accessChanges.append({ tenant: scope.tenant, userId }, at);
    yield* stores.audit.append(scope.tenant, {
      id: ports.ids.next(),
      at,
      type: event,
      actor: auditActor(scope.actor),
      userId,
      sessionId,
      changes: [],
    });
  });

  const end = Effect.fnUntraced(function* (scope: CallScope, sessionId: string, mayEnd: (userId: string) => boolean) {
    const at = new Date(ports.clock.now());
    yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const session = Option.getOrUndefined(yield* stores.sessions.find(scope.tenant, sessionId));
        if (session === undefined || !mayEnd(session.userId)) return yield* new SessionNotFound();
        if (!(yield* stores.sessions.revoke(scope.tenant, sessionId, at))) return yield* new SessionNotFound();
        yield* ended(scope, stores, "session.revoked", session.userId, sessionId, at);
      }),
    );
  });

  return {
    logout: Effect.fn("Sessions.logout")(function* (scope) {
      yield* requireStanding(scope.actor, "sessions.logout");
      if (scope.actor.kind !== "user") return yield* new Unauthenticated();
      const { sessionId, userId } = scope.actor.principal;
      yield* end(scope, sessionId, (holder) => holder === userId);
    }),

    list: Effect.fnUntraced(function* (scope, userId) {
      if (userId === undefined && scope.actor.kind !== "user") return yield* new Unauthenticated();
      const id = yield* decodeUserId(userId === undefined ? actorId(scope.actor) : userId, "userId");
      yield* requireStanding(scope.actor, "sessions.list", { id, ownerId: null });
      const now = new Date(ports.clock.now());
      const sessions = yield* scope.storage.sessions.list(scope.tenant, id, now, listLimit);
      return sessions.map(sessionOf);
    }),

    revoke: Effect.fn("Sessions.revoke")(function* (scope, sessionId) {
      if (scope.actor.kind === "anonymous") return yield* new Unauthenticated();
      yield* decodeText(sessionId, "sessionId");
      if (!/^[0-9a-f-]{36}$/.test(sessionId)) return yield* new SessionNotFound();
      // What the caller may not end does not exist for it: ids of others' sessions cannot be probed.
      yield* end(scope, sessionId, (userId) => allows(scope.actor, "sessions.revoke", { id: userId, ownerId: null }));
    }),

    revokeAll: Effect.fn("Sessions.revokeAll")(function* (scope, userId) {
      yield* decodeUserId(userId, "userId");
      yield* requireStanding(scope.actor, "sessions.revoke", { id: userId, ownerId: null });
      const at = new Date(ports.clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const revoked = yield* stores.sessions.revokeAll(scope.tenant, userId, at);
          if (revoked > 0) yield* ended(scope, stores, "sessions.revoked", userId, null, at);
          return revoked;
        }),
      );
    }),
  };
};

const sessionOf = ({ refreshHash, previousHash, successorBox, revokedAt, ...session }: StoredSession): Session =>
  session;
