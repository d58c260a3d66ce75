import type {
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

export type CreateUserError =
  | InvalidInput
  | Refused
  | UsernameTaken
  | EmailTaken
  | UserIdTaken
  | TooBusy
  | StoreUnavailable;
export type FindUserError = InvalidInput | Refused | UserNotFound | StoreUnavailable;
export type ListUsersError = InvalidInput | Refused | StoreUnavailable;
export type ChangeUserError = FindUserError | VersionMismatch;
export type ChangeEmailError = ChangeUserError | EmailTaken | UsernameTaken;
export type ChangeUsernameError = ChangeUserError | UsernameTaken | EmailTaken;
export type SetRoleError = ChangeUserError | LastAdmin;
export type ChangePasswordError = ChangeUserError | InvalidCredentials | TooBusy;
export type SetPasswordError = ChangeUserError | TooBusy;
export type LifecycleError = ChangeUserError | IllegalTransition | LastAdmin;
export type PurgeExpiredError = Refused | StoreUnavailable;
