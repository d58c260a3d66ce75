import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { CallScope } from "../authorization/actor.ts";
import type { StoreUnavailable } from "../errors.ts";
import type { ClaimsOf } from "../keyring/extra-claims.ts";
import type { TokenSigner } from "../ports/token-signer.ts";
import type { SessionTokens } from "./session.ts";

/** How long things last, in seconds. */
export interface SessionLifetimeOptions {
  readonly accessTokenSeconds: number;
  /** From the last rotation. */
  readonly refreshTokenSeconds: number;
  /** From the login, however often refreshed. */
  readonly sessionSeconds: number;
}

export interface SessionLifetimes {
  /** When a refresh token given out at `at` expires, in a session opened at `createdAt`. */
  readonly expiresAt: (createdAt: Date, at: Date) => Date;
}

export const makeSessionLifetimes = (options: SessionLifetimeOptions): SessionLifetimes => ({
  expiresAt: (createdAt, at) =>
    new Date(
      Math.min(
        at.getTime() + options.refreshTokenSeconds * 1_000,
        createdAt.getTime() + options.sessionSeconds * 1_000,
      ),
    ),
});

/** What a pair of tokens is made from. */
export interface Issue {
  readonly sessionId: string;
  readonly userId: string;
  /** When the session was opened or its refresh token rotated. */
  readonly at: Date;
  /** When the session ends unless it is refreshed: its access token ends with it, to the second. */
  readonly expiresAt: Date;
  readonly authenticatedAt: Date;
  readonly methods: readonly string[];
  readonly refreshToken: string;
}

/** Makes pairs of tokens. The same issue gives the same pair: a repeated refresh mints nothing new. */
export interface TokenIssuer {
  readonly issue: (
    scope: Pick<CallScope, "tenant" | "storage">,
    issue: Issue,
  ) => Effect.Effect<SessionTokens, StoreUnavailable>;
}

/** @param claimsOf what the host has tokens say besides. */
export const makeTokenIssuer = (signer: TokenSigner, accessTokenSeconds: number, claimsOf?: ClaimsOf): TokenIssuer => ({
  issue: Effect.fnUntraced(function* (
    scope,
    { sessionId, userId, at, expiresAt, authenticatedAt, methods, refreshToken },
  ) {
    const iat = Math.floor(at.getTime() / 1_000);
    // Rounded up: a session that lives has a token that does, if only for the rest of a second.
    const exp = Math.min(iat + accessTokenSeconds, Math.ceil(expiresAt.getTime() / 1_000));
    const holder = yield* scope.storage.sessions.findHolder(scope.tenant, sessionId, at);
    const requiredActions = Option.match(holder, { onNone: () => [], onSome: (found) => found.requiredActions });
    const isFree = requiredActions.length === 0;
    const extra = {
      ...(claimsOf !== undefined && (yield* claimsOf(scope, userId))),
      ...(!isFree && { required_actions: requiredActions }),
    };
    const claims = {
      tenant: scope.tenant,
      sub: userId,
      sid: sessionId,
      jti: `${sessionId}.${at.getTime()}`,
      iat,
      exp,
      authTime: Math.floor(authenticatedAt.getTime() / 1_000),
      amr: methods,
      ...(Object.keys(extra).length > 0 && { extra }),
    };
    const accessToken = yield* signer.sign(claims);
    return {
      sessionId,
      accessToken,
      refreshToken,
      tokenType: "Bearer" as const,
      expiresIn: exp - iat,
      ...(!isFree && { requiredActions }),
    };
  }),
});
