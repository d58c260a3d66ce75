import type {
  Closed,
  EmailTaken,
  Forbidden,
  IllegalTransition,
  InvalidCredentials,
  InvalidInput,
  LastAdmin,
  StoreUnavailable,
  TooBusy,
  Unauthenticated,
  UserIdTaken,
  UserNotFound,
  UsernameTaken,
  VersionMismatch,
} from "../errors.ts";

/** How each operation on users may fail. */

type Refused = Unauthenticated | Forbidden;
type Unavailable = StoreUnavailable | Closed;

export type CreateUserError = InvalidInput | Refused | UsernameTaken | EmailTaken | UserIdTaken | TooBusy | Unavailable;
export type FindUserError = InvalidInput | Refused | UserNotFound | Unavailable;
export type ListUsersError = InvalidInput | Refused | Unavailable;
export type ChangeUserError = FindUserError | VersionMismatch;
export type ChangeEmailError = ChangeUserError | EmailTaken | UsernameTaken;
export type ChangeUsernameError = ChangeUserError | UsernameTaken | EmailTaken;
export type SetRoleError = ChangeUserError | LastAdmin;
export type ChangePasswordError = ChangeUserError | InvalidCredentials | TooBusy;
export type SetPasswordError = ChangeUserError | TooBusy;
export type LifecycleError = ChangeUserError | IllegalTransition | LastAdmin;
export type PurgeExpiredError = Refused | Unavailable;
