import type { SessionClient } from "../session/session.ts";
import type { ConfirmedFactor, SecondFactor, SecondFactors, TotpEnrolment } from "./second-factor.ts";

/** The second half of a login. */
export interface LoginCompletion {
  /** `challenge` of the SecondFactorRequired that the first half was answered with. */
  readonly challenge: string;
  /** Six digits of an authenticator app, or a recovery code, in any spelling. */
  readonly code: string;
  readonly client?: SessionClient;
}

/** What somebody logged in shows to prove anew who they are. */
export interface Proof {
  readonly password?: string;
  /** Six digits of an authenticator app, or a recovery code, in any spelling. */
  readonly code?: string;
}

/**
 * What users log in by besides the password. Changing that needs a login or step-up of the last ten minutes, by a second
 * factor if there is one: InsufficientAuthentication. What the caller may not touch is SecondFactorNotFound.
 */
export interface SecondFactorOperations {
  /** What a user has (the caller when absent). Fails with UserNotFound. */
  readonly list: (userId?: string) => Promise<SecondFactors>;
  /** Makes the secret of an authenticator app for the caller. It counts for nothing until `confirmTotp`. */
  readonly startTotp: (options?: { readonly name?: string }) => Promise<TotpEnrolment>;
  /** Shows that the app works, by its first code: it is asked for at every login from now on. Fails with InvalidCode. */
  readonly confirmTotp: (confirmation: { readonly id: string; readonly code: string }) => Promise<ConfirmedFactor>;
  readonly rename: (id: string, name: string) => Promise<SecondFactor>;
  /** Removes a factor; with the last one the recovery codes go too. Admins may, for users who lost theirs. */
  readonly remove: (id: string) => Promise<void>;
  /** Ten new recovery codes for the caller; the old ones work no more. Shown this once. */
  readonly replaceRecoveryCodes: () => Promise<readonly string[]>;
}
