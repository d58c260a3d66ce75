import * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import type { StoreUnavailable } from "../errors.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { StoredSession } from "../ports/session-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { RefreshTokens } from "./refresh-token.ts";
import type { SessionClient } from "./session.ts";
import type { SessionLifetimes, TokenIssuer } from "./token-issuer.ts";

export interface OpenSessionPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly refreshTokens: RefreshTokens;
  readonly issuer: TokenIssuer;
  readonly lifetimes: SessionLifetimes;
}

/** Who logged in, and how. */
export interface SessionStart {
  readonly userId: string;
  /** What the password was checked against. */
  readonly passwordHash: string;
  readonly methods: readonly string[];
  readonly client: SessionClient;
}

/** A session that is to be opened: all of it that is made before the transaction. */
export interface PreparedSession {
  readonly at: Date;
  /** In the transaction: false when the password or the status is not what was checked any more. */
  readonly open: (stores: Stores) => Effect.Effect<boolean, StoreUnavailable>;
  /** After it. */
  readonly tokens: ReturnType<TokenIssuer["issue"]>;
}

/** Prepares a session: the one way in which all of them begin. */
export const prepareSession = (ports: OpenSessionPorts, scope: CallScope, start: SessionStart): PreparedSession => {
  const { tenant } = scope;
  const { userId, passwordHash, methods, client } = start;
  const at = new Date(ports.clock.now());
  const id = ports.ids.next();
  const refreshToken = ports.refreshTokens.issue(id, tenant);
  const expiresAt = ports.lifetimes.expiresAt(at, at);
  const session: StoredSession = {
    id,
    userId,
    createdAt: at,
    refreshedAt: null,
    expiresAt,
    revokedAt: null,
    client: shortened(client),
    authenticatedAt: at,
    methods,
    refreshHash: ports.refreshTokens.hash(refreshToken),
    previousHash: null,
    successorBox: null,
  };
  return {
    at,
    open: Effect.fnUntraced(function* (stores) {
      if (!(yield* stores.sessions.insert(tenant, session, passwordHash))) return false;
      yield* stores.users.recordLogin(tenant, userId, at);
      yield* stores.audit.append(tenant, {
        id: ports.ids.next(),
        at,
        type: "session.started",
        actor: { kind: "user", id: userId, sessionId: id },
        userId,
        sessionId: id,
        changes: [],
      });
      return true;
    }),
    tokens: ports.issuer.issue(scope, {
      sessionId: id,
      userId,
      at,
      expiresAt,
      authenticatedAt: at,
      methods,
      refreshToken,
    }),
  };
};

const shortened = ({ address, userAgent }: SessionClient): SessionClient => ({
  ...(address !== undefined && { address: printable(address, 45) }),
  ...(userAgent !== undefined && { userAgent: printable(userAgent, 512) }),
});

/** Headers come from anybody: control characters would forge lines wherever sessions are shown as text. */
const printable = (text: string, length: number): string =>
  text
    .slice(0, length)
    .toWellFormed()
    .replace(/\p{Cc}/gu, " ");
