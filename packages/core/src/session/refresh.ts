import { timingSafeEqual } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { InvalidRefreshToken, type StoreUnavailable } from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { StoredSession } from "../ports/session-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { RefreshTokens } from "./refresh-token.ts";
import type { SessionTokens } from "./session.ts";
import type { RefreshError } from "./session-errors.ts";
import type { SessionLifetimes, TokenIssuer } from "./token-issuer.ts";

export interface RefreshPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly refreshTokens: RefreshTokens;
  readonly issuer: TokenIssuer;
  readonly lifetimes: SessionLifetimes;
  /** How long a spent token still answers its successor, 0–30 s: the answer to the first use may have been lost. */
  readonly graceSeconds: number;
}

export type Refresh = (scope: CallScope, refreshToken: string) => Effect.Effect<SessionTokens, RefreshError>;

/** What became of a presented token. */
type Outcome =
  | { readonly kind: "rotated"; readonly session: StoredSession; readonly expiresAt: Date }
  | { readonly kind: "replayed"; readonly session: StoredSession }
  | { readonly kind: "dead" };

const decodeToken = decoder(Schema.String as Schema.Codec<string, unknown>);

/**
 * Makes the one function that spends refresh tokens (RFC 9700 §4.14.2).
 *
 * A token is spent by one conditional statement, so that of many callers one rotates. The others, and whoever repeats
 * the call within the grace, get the very same successor. A token that was spent before that ends the session: it was
 * stolen, or its thief was here first.
 */
export const makeRefresh = (ports: RefreshPorts): Refresh => {
  const { refreshTokens } = ports;

  const spend = (scope: CallScope, sessionId: string, presented: string, successor: string, at: Date) =>
    Effect.fnUntraced(function* (stores: Stores): Effect.fn.Return<Outcome, StoreUnavailable> {
      const session = Option.getOrUndefined(yield* stores.sessions.find(scope.tenant, sessionId));
      if (session === undefined || session.revokedAt !== null || session.expiresAt <= at) return { kind: "dead" };
      const presentedHash = refreshTokens.hash(presented);
      const expiresAt = ports.lifetimes.expiresAt(session.createdAt, at);
      const rotated = yield* stores.sessions.rotate(scope.tenant, {
        sessionId,
        presentedHash,
        successorHash: refreshTokens.hash(successor),
        successorBox: refreshTokens.seal(successor, presented),
        at,
        expiresAt,
      });
      if (rotated) return { kind: "rotated", session, expiresAt };
      if (isPrevious(session, presentedHash) && withinGrace(session, at)) return { kind: "replayed", session };
      yield* stores.sessions.revoke(scope.tenant, sessionId, at);
      yield* stores.accessChanges.append({ tenant: scope.tenant, userId: session.userId }, at);
      yield* stores.audit.append(scope.tenant, {
        id: ports.ids.next(),
        at,
        type: "session.refresh_reused",
        actor: auditActor(scope.actor.kind === "system" ? { kind: "anonymous" } : scope.actor),
        userId: session.userId,
        sessionId,
        changes: [],
      });
      return { kind: "dead" };
    });

  const withinGrace = (session: StoredSession, at: Date): boolean =>
    session.refreshedAt !== null &&
    Math.abs(at.getTime() - session.refreshedAt.getTime()) <= ports.graceSeconds * 1_000 &&
    ports.graceSeconds > 0;

  return Effect.fn("Sessions.refresh")(function* (scope, input) {
    const presented = yield* decodeToken(input, "refreshToken");
    const sessionId = refreshTokens.read(presented, scope.tenant);
    if (sessionId === undefined) return yield* new InvalidRefreshToken();
    const at = new Date(ports.clock.now());
    const successor = refreshTokens.issue(sessionId, scope.tenant);
    const outcome = yield* scope.storage.transact(spend(scope, sessionId, presented, successor, at));
    switch (outcome.kind) {
      case "rotated": {
        const { userId, authenticatedAt, methods } = outcome.session;
        return yield* ports.issuer.issue(scope, {
          sessionId,
          userId,
          at,
          expiresAt: outcome.expiresAt,
          authenticatedAt,
          methods,
          refreshToken: successor,
        });
      }
      case "replayed": {
        const { userId, refreshedAt, successorBox, ...session } = outcome.session;
        const same = successorBox === null ? undefined : refreshTokens.open(successorBox, presented);
        if (same === undefined || refreshedAt === null) return yield* new InvalidRefreshToken();
        const { expiresAt, authenticatedAt, methods } = session;
        const proof = { authenticatedAt, methods };
        const issue = { sessionId, userId, at: refreshedAt, expiresAt, ...proof, refreshToken: same };
        return yield* ports.issuer.issue(scope, issue);
      }
      case "dead":
        return yield* new InvalidRefreshToken();
    }
  });
};

const isPrevious = (session: StoredSession, hash: Uint8Array): boolean =>
  session.previousHash !== null &&
  session.previousHash.length === hash.length &&
  timingSafeEqual(session.previousHash, hash);
