import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  EmailTaken,
  Forbidden,
  InvalidCredentials,
  InvalidInput,
  InvalidOneTimeToken,
  MailNotConfigured,
  StoreUnavailable,
  TooBusy,
  TooManyAttempts,
  Unauthenticated,
  UserNotFound,
  UsernameTaken,
} from "../errors.ts";

type Read = InvalidInput | Unauthenticated | Forbidden | ActionRequired | StoreUnavailable | Closed;
type Common = Read | ChangeRefused;

/** How `recovery.requestPasswordReset` may fail: never because of who was named. */
export type RequestPasswordResetError = Common | TooManyAttempts | MailNotConfigured;
/** How `recovery.resetPassword` may fail; an unknown, used, expired or outdated token is InvalidOneTimeToken. */
export type ResetPasswordError = Common | InvalidOneTimeToken | TooBusy;
/** How `recovery.requestEmailVerification` may fail. */
export type RequestEmailVerificationError = Common | UserNotFound | MailNotConfigured;
/** How `recovery.requestEmailChange` may fail; a wrong password is InvalidCredentials. */
export type RequestEmailChangeError = Common | UserNotFound | InvalidCredentials | TooBusy | MailNotConfigured;
/** How `recovery.findPendingEmail` may fail. */
export type FindPendingEmailError = Read | UserNotFound;
/** How `recovery.confirmEmail` may fail; the address may be somebody else's email or username by now. */
export type ConfirmEmailError =
  | Common
  | InvalidOneTimeToken
  | InvalidCredentials
  | EmailTaken
  | UsernameTaken
  | TooBusy;
/** How `recovery.undoEmailChange` may fail; the address may be somebody else's email or username by now. */
export type UndoEmailChangeError = Common | InvalidOneTimeToken | EmailTaken | UsernameTaken;
