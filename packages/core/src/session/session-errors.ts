import type {
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

export type LoginError = InvalidInput | InvalidCredentials | TooBusy | StoreUnavailable;
export type RefreshError = InvalidInput | InvalidRefreshToken | StoreUnavailable;
export type AuthenticateError = InvalidToken | StoreUnavailable;
export type LogoutError = Unauthenticated | Forbidden | SessionNotFound | StoreUnavailable;
export type ListSessionsError = InvalidInput | Unauthenticated | Forbidden | StoreUnavailable;
export type RevokeSessionError = InvalidInput | Unauthenticated | SessionNotFound | StoreUnavailable;
export type RevokeSessionsError = ListSessionsError;
