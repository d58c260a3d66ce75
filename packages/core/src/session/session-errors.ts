import type {
  Closed,
  Forbidden,
  InvalidCredentials,
  InvalidInput,
  InvalidRefreshToken,
  InvalidToken,
  SessionNotFound,
  StoreUnavailable,
  TooBusy,
  Unauthenticated,
} from "../errors.ts";

/** How each operation on sessions may fail. */

export type LoginError = InvalidInput | InvalidCredentials | TooBusy | StoreUnavailable | Closed;
export type RefreshError = InvalidInput | InvalidRefreshToken | StoreUnavailable | Closed;
export type AuthenticateError = InvalidToken | StoreUnavailable | Closed;
export type LogoutError = Unauthenticated | Forbidden | SessionNotFound | StoreUnavailable | Closed;
export type ListSessionsError = InvalidInput | Unauthenticated | Forbidden | StoreUnavailable | Closed;
export type RevokeSessionError = InvalidInput | Unauthenticated | SessionNotFound | StoreUnavailable | Closed;
export type RevokeSessionsError = ListSessionsError;
