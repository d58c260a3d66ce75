/** What is remembered of the program that logged in, to show it in the list of sessions. Never used to decide. */
export interface SessionClient {
  /** IP address as the adapter saw it, at most 45 characters. */
  readonly address?: string;
  /** `User-Agent`, cut at 512 characters. */
  readonly userAgent?: string;
}

/** A session: one login, kept alive by rotating its refresh token. Holds no secret. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  /** When the refresh token was last rotated; null until the first time. */
  readonly refreshedAt: Date | null;
  /** When the current refresh token expires. */
  readonly expiresAt: Date;
  readonly client: SessionClient;
  /** When its holder last proved who they are: at the login, or by a step-up since. */
  readonly authenticatedAt: Date;
  /** By what (RFC 8176): `pwd`, `otp`, `hwk`, and `mfa` when it was by two factors. */
  readonly methods: readonly string[];
}

/** What a login or a refresh answers. */
export interface SessionTokens {
  readonly sessionId: string;
  /** A JWT (RFC 9068 shape), to be sent as `Authorization: Bearer`. */
  readonly accessToken: string;
  /** Opaque; works once, then is replaced by its successor. */
  readonly refreshToken: string;
  readonly tokenType: "Bearer";
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
  /** What the user has to do before the tokens are good for anything else; absent when that is nothing. */
  readonly requiredActions?: readonly string[];
}

/** What a step-up answers: the refresh token stays what it is. */
export type AccessToken = Omit<SessionTokens, "refreshToken">;

/** Who a valid access token speaks for. Hand it to `muster.as(…)`. */
export interface Principal {
  readonly tenant: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly role: "user" | "admin";
  /** When the access token expires. */
  readonly expiresAt: Date;
  /** When the user last proved who they are, as of this token (`auth_time`). */
  readonly authenticatedAt: Date;
  /** By what (`amr`, RFC 8176): `pwd`, `otp`, `hwk`, and `mfa` when it was by two factors. */
  readonly methods: readonly string[];
  /**
   * What the user has to do first; absent when that is nothing. As long as it is there the policy refuses almost everything
   * with ActionRequired, and so should an app that decides for itself.
   */
  readonly requiredActions?: readonly string[];
}
