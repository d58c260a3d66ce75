import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  Forbidden,
  InsufficientAuthentication,
  InvalidCode,
  InvalidInput,
  SecondFactorNotFound,
  StoreUnavailable,
  TooManyAttempts,
  Unauthenticated,
  UserNotFound,
} from "../errors.ts";

type Usual = InvalidInput | Unauthenticated | Forbidden | ActionRequired | StoreUnavailable | Closed;

/** How `secondFactors.list` may fail. */
export type ListSecondFactorsError = Usual | UserNotFound;
/** How `secondFactors.startTotp` may fail. */
export type StartTotpError = Usual | ChangeRefused | UserNotFound | InsufficientAuthentication;
/** How `secondFactors.confirmTotp` may fail. */
export type ConfirmTotpError = Usual | ChangeRefused | SecondFactorNotFound | InvalidCode | TooManyAttempts;
/** How `secondFactors.rename` may fail. */
export type RenameSecondFactorError = Usual | ChangeRefused | SecondFactorNotFound;
/** How `secondFactors.remove` may fail. */
export type RemoveSecondFactorError = RenameSecondFactorError | InsufficientAuthentication;
/** How `secondFactors.replaceRecoveryCodes` may fail. */
export type ReplaceRecoveryCodesError = Usual | ChangeRefused | SecondFactorNotFound | InsufficientAuthentication;
