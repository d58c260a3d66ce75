import type { LoginCompletion, Proof } from "../second-factor/second-factor-operations.ts";
import type { AccessToken, Principal, Session, SessionClient, SessionTokens } from "./session.ts";

/** Logins and what keeps them alive. */
export interface Sessions {
  /**
   * Logs in by username or email. Unknown login, wrong password and a user who may not log in are one error:
   * InvalidCredentials. After some failures it is TooManyAttempts for a while, whoever is named and whatever the password:
   * see `MusterOptions.throttling`. Give the address of the client (`client.address`), or all clients count as one. Fails also
   * with TooBusy. Users who have a second factor are answered SecondFactorRequired once the password is right: its
   * `challenge` goes to `completeLogin`.
   */
  readonly login: (credentials: LoginCredentials) => Promise<SessionTokens>;
  /**
   * Completes a login with a code of the user's second factor, or a recovery code. Fails with InvalidChallenge (log in
   * again), InvalidCode (the challenge stays good) and TooManyAttempts.
   */
  readonly completeLogin: (completion: LoginCompletion) => Promise<SessionTokens>;
  /**
   * Proves anew, within the caller's own session, who they are: by the code for a user who has a second factor, by the
   * password for others. The answered access token says so. Fails with InvalidCredentials, InvalidCode, TooManyAttempts,
   * SessionNotFound.
   */
  readonly stepUp: (proof: Proof) => Promise<AccessToken>;
  /**
   * Spends a refresh token for a new pair. Within the grace (10 s unless configured) the same spent token answers the
   * same successor again; later it revokes the whole session. Fails with InvalidRefreshToken.
   */
  readonly refresh: (refreshToken: string) => Promise<SessionTokens>;
  /** Who a token speaks for. No database read for a token seen before. Fails with InvalidToken. */
  readonly authenticate: (accessToken: string) => Promise<Principal>;
  /** Ends the caller's own session. */
  readonly logout: () => Promise<void>;
  /** Live sessions of a user (the caller when absent), newest first, at most 100. */
  readonly list: (userId?: string) => Promise<readonly Session[]>;
  /** Ends a session. Fails with SessionNotFound. */
  readonly revoke: (sessionId: string) => Promise<void>;
  /** Ends all sessions of a user; answers how many. */
  readonly revokeAll: (userId: string) => Promise<number>;
}

/** What a login needs. */
export interface LoginCredentials {
  /** A username or an email, as typed. */
  readonly login: string;
  readonly password: string;
  readonly client?: SessionClient;
}
