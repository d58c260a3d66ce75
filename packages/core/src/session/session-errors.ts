import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  Forbidden,
  InvalidChallenge,
  InvalidCode,
  InvalidCredentials,
  InvalidInput,
  InvalidRefreshToken,
  InvalidToken,
  SecondFactorRequired,
  SessionNotFound,
  StoreUnavailable,
  TooBusy,
  TooManyAttempts,
  Unauthenticated,
} from "../errors.ts";

/** How `sessions.login` may fail. Unknown login, wrong password and a user who may not log in are one error. */
export type LoginError =
  | InvalidInput
  | InvalidCredentials
  | SecondFactorRequired
  | TooManyAttempts
  | ChangeRefused
  | TooBusy
  | StoreUnavailable
  | Closed;
/** How `sessions.completeLogin` may fail. */
export type CompleteLoginError =
  | InvalidInput
  | InvalidChallenge
  | InvalidCode
  | TooManyAttempts
  | ChangeRefused
  | StoreUnavailable
  | Closed;
/** How `sessions.stepUp` may fail; the system has no session (Forbidden). */
export type StepUpError =
  | InvalidInput
  | Unauthenticated
  | Forbidden
  | ActionRequired
  | InvalidCredentials
  | InvalidCode
  | SessionNotFound
  | TooManyAttempts
  | TooBusy
  | ChangeRefused
  | StoreUnavailable
  | Closed;
/** How `sessions.refresh` may fail. A token that was spent, revoked or never issued is one error. */
export type RefreshError = InvalidInput | InvalidRefreshToken | ChangeRefused | StoreUnavailable | Closed;
/** How `sessions.authenticate` may fail. */
export type AuthenticateError = InvalidToken | StoreUnavailable | Closed;
/** How `sessions.logout` may fail; the system has no session to end (Forbidden). */
export type LogoutError =
  | Unauthenticated
  | Forbidden
  | ActionRequired
  | SessionNotFound
  | ChangeRefused
  | StoreUnavailable
  | Closed;
/** How `sessions.list` may fail. */
export type ListSessionsError = InvalidInput | Unauthenticated | Forbidden | ActionRequired | StoreUnavailable | Closed;
/** How `sessions.revoke` may fail. Another user's session is answered as one that does not exist. */
export type RevokeSessionError =
  | InvalidInput
  | Unauthenticated
  | SessionNotFound
  | ChangeRefused
  | StoreUnavailable
  | Closed;
/** How `sessions.revokeAll` may fail. */
export type RevokeSessionsError = ListSessionsError | ChangeRefused;
