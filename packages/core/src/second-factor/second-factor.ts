import type { SecondFactorKind, StoredSecondFactor } from "../ports/second-factor-store.ts";

/** A second factor of a user, without its secret. */
export interface SecondFactor {
  readonly id: string;
  readonly kind: SecondFactorKind;
  /** What its owner calls it. */
  readonly name: string;
  readonly createdAt: Date;
  /** When a code of it was last accepted. */
  readonly lastUsedAt: Date | null;
}

/** What a user has to log in by besides the password. */
export interface SecondFactors {
  readonly factors: readonly SecondFactor[];
  /** How many recovery codes were not used yet. */
  readonly recoveryCodesLeft: number;
}

/** An authenticator app that is to be set up. Shown to its user once; it counts from its first code on. */
export interface TotpEnrolment {
  readonly id: string;
  /** Base32 without padding (RFC 4648 §6), to be typed into the app. */
  readonly secret: string;
  /** The same as `otpauth://` address, to be shown as a QR code. */
  readonly uri: string;
}

/** A second factor that counts from now on. */
export interface ConfirmedFactor {
  readonly factor: SecondFactor;
  /** Ten codes that each open one login instead of the factor. Shown once; null when the user has some already. */
  readonly recoveryCodes: readonly string[] | null;
}

export const factorOf = ({ id, kind, name, createdAt, lastUsedAt }: StoredSecondFactor): SecondFactor => ({
  id,
  kind,
  name,
  createdAt,
  lastUsedAt,
});

/** Whether a factor opens anything. */
export const isConfirmed = ({ confirmedAt }: StoredSecondFactor): boolean => confirmedAt !== null;
