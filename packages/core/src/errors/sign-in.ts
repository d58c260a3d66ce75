import * as Data from "effect/Data";

/** No session with this id is visible to the caller. */
export class SessionNotFound extends Data.Error {
  readonly _tag = "SessionNotFound";
  readonly code = "session_not_found";
  override readonly message = "No such session.";
}

/** No key with this id signs or checks access tokens. */
export class KeyNotFound extends Data.Error {
  readonly _tag = "KeyNotFound";
  readonly code = "key_not_found";
  override readonly message = "No such key.";
}

/** Unknown login, wrong password or a user who is not enabled: deliberately one error. */
export class InvalidCredentials extends Data.Error {
  readonly _tag = "InvalidCredentials";
  readonly code = "invalid_credentials";
  override readonly message = "The login or the password is wrong.";
}

/** What a login by password may be completed with. */
export type SecondFactorChoice = "totp" | "recovery_code";

/**
 * The password is right, and the user has a second factor: complete the login by `sessions.completeLogin` with `challenge`
 * and a code, before `expiresAt`. The challenge is no field: it is printed and logged nowhere.
 */
export class SecondFactorRequired extends Data.Error<{
  /** What the user has. */
  readonly factors: readonly SecondFactorChoice[];
  readonly expiresAt: Date;
}> {
  readonly _tag = "SecondFactorRequired";
  readonly code = "second_factor_required";
  override readonly message = "A second factor is needed to log in.";
  readonly #challenge: string;

  constructor(facts: {
    readonly challenge: string;
    readonly factors: readonly SecondFactorChoice[];
    readonly expiresAt: Date;
  }) {
    const { challenge, ...shown } = facts;
    super(shown);
    this.#challenge = challenge;
  }

  /** Opaque; good once, for five minutes, and only together with a code. */
  get challenge(): string {
    return this.#challenge;
  }
}

/** The challenge of a login is mistyped, used, expired, or the account has changed since: log in again. */
export class InvalidChallenge extends Data.Error {
  readonly _tag = "InvalidChallenge";
  readonly code = "invalid_challenge";
  override readonly message = "Log in again: this took too long, or the account has changed.";
}

/** The code of a second factor, or a recovery code, is wrong, too old, or was used before. */
export class InvalidCode extends Data.Error {
  readonly _tag = "InvalidCode";
  readonly code = "invalid_code";
  override readonly message = "This code is wrong, or was used before.";
}

/**
 * The caller is logged in, but has to prove anew who they are: `sessions.stepUp` (RFC 9470). `maxAgeSeconds` is how long
 * ago the last proof may be, null for however long; `methods` are those it must be by (RFC 8176).
 */
export class InsufficientAuthentication extends Data.Error<{
  readonly maxAgeSeconds: number | null;
  readonly methods: readonly string[];
}> {
  readonly _tag = "InsufficientAuthentication";
  readonly code = "insufficient_authentication";
  override readonly message = "Prove again who you are.";
}

/** No second factor with this id is visible to the caller. */
export class SecondFactorNotFound extends Data.Error {
  readonly _tag = "SecondFactorNotFound";
  readonly code = "second_factor_not_found";
  override readonly message = "No such second factor.";
}

/** The access token is malformed, forged, expired, revoked, or of a user who may not log in any more. */
export class InvalidToken extends Data.Error {
  readonly _tag = "InvalidToken";
  readonly code = "invalid_token";
  override readonly message = "The access token is not valid.";
}

/** The refresh token is malformed, forged, expired, revoked or was used before. */
export class InvalidRefreshToken extends Data.Error {
  readonly _tag = "InvalidRefreshToken";
  readonly code = "invalid_refresh_token";
  override readonly message = "The refresh token is not valid.";
}

/** The token of a mail is mistyped, used, expired, of another purpose, or the account has changed since: one error. */
export class InvalidOneTimeToken extends Data.Error {
  readonly _tag = "InvalidOneTimeToken";
  readonly code = "invalid_one_time_token";
  override readonly message = "This link is not valid any more; ask for a new one.";
}

/**
 * Too many attempts failed, by this login or from this address: come back after `retryAfterSeconds`. Said of logins that
 * nobody has as well, and whether or not the password is right.
 */
export class TooManyAttempts extends Data.Error<{ readonly retryAfterSeconds: number }> {
  readonly _tag = "TooManyAttempts";
  readonly code = "too_many_attempts";
  override readonly message = "Too many attempts failed; try again later.";
}
