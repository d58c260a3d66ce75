import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  EmailTaken,
  Forbidden,
  IllegalTransition,
  InvalidConfiguration,
  InvalidCredentials,
  InvalidInput,
  LastAdmin,
  MailNotConfigured,
  StoreUnavailable,
  TooBusy,
  Unauthenticated,
  UserIdTaken,
  UserNotFound,
  UsernameTaken,
  UserReferenced,
  VersionMismatch,
} from "../errors.ts";

type Refused = Unauthenticated | Forbidden | ActionRequired;
type Unavailable = StoreUnavailable | Closed;

/** How `users.create` may fail: MailNotConfigured when it was to invite; InvalidConfiguration is an id that the port `idGenerator` should not have made. */
export type CreateUserError =
  | InvalidInput
  | Refused
  | UsernameTaken
  | EmailTaken
  | UserIdTaken
  | ChangeRefused
  | TooBusy
  | MailNotConfigured
  | InvalidConfiguration
  | Unavailable;
/** How `users.get`, `findByUsername`, `findByEmail` and `profile` may fail. */
export type FindUserError = InvalidInput | Refused | UserNotFound | Unavailable;
/** How `users.list`, `count` and `stream` may fail. */
export type ListUsersError = InvalidInput | Refused | Unavailable;
/** How `users.update`, `replaceTags` and `changeOwner` may fail. */
export type ChangeUserError = FindUserError | VersionMismatch | ChangeRefused;
/** How `users.changeEmail` may fail; the new form may be taken as an email or as a username. */
export type ChangeEmailError = ChangeUserError | EmailTaken | UsernameTaken;
/** How `users.changeUsername` may fail; the new form may be taken as a username or as an email. */
export type ChangeUsernameError = ChangeUserError | UsernameTaken | EmailTaken;
/** How `users.setRole` may fail. */
export type SetRoleError = ChangeUserError | LastAdmin;
/** How `users.changePassword` may fail; a wrong old password is InvalidCredentials. */
export type ChangePasswordError = ChangeUserError | InvalidCredentials | TooBusy;
/** How `users.setPassword` may fail. */
export type SetPasswordError = ChangeUserError | TooBusy;
/** How `users.enable`, `disable`, `delete` and `restore` may fail. */
export type LifecycleError = ChangeUserError | IllegalTransition | LastAdmin;
/** How `users.unlock` may fail. */
export type UnlockError = FindUserError | ChangeRefused;
/** How `users.purge` may fail. */
export type PurgeError = LifecycleError | UserReferenced;
/** How `users.purgeExpired` may fail. */
export type PurgeExpiredError = Refused | ChangeRefused | Unavailable;
