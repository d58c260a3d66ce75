import type { JsonWebPublicKey } from "../ports/token-signer.ts";
import type { KeyLife, KeyState } from "./key-life.ts";

/** A key for access tokens, as admins see it. Nothing in it is secret. */
export interface Key {
  /** As in the header of the tokens that it signs. */
  readonly kid: string;
  readonly algorithm: string;
  /** `prepared`: published, signs from `activeAt` on. `active`: signs. `retired`: checks what it signed, until `goneAt`. */
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly activeAt: Date;
  /** When the next key takes over, or took over; null while there is none. */
  readonly retiredAt: Date | null;
  /** When its last token has expired; null while no key follows. */
  readonly goneAt: Date | null;
  /** Null for a secret key, which has no public part. */
  readonly publicKey: JsonWebPublicKey | null;
}

/**
 * The keys that sign access tokens: of the installation, so for the system, and for admins of the tenant `default` alone.
 */
export interface Keys {
  /** In the order in which they sign. */
  readonly list: () => Promise<readonly Key[]>;
  /**
   * Makes a new key, which is published at once and signs once everybody could have learnt of it (`tokens.prepareSeconds`).
   * While one is on its way it answers that one: of calls at the same time, in whatever processes, one makes a key.
   */
  readonly rotate: () => Promise<Key>;
  /**
   * Removes a key that may have leaked: its tokens are refused here at once and by every process within a second, and another
   * key signs. Services that check tokens by themselves learn of it when they read the key set again. Fails with KeyNotFound.
   */
  readonly revoke: (kid: string) => Promise<void>;
}

/** What admins see of a key. */
export const keyView = ({ key, state, retiredAt, goneAt }: KeyLife, publicKey: JsonWebPublicKey | undefined): Key => ({
  kid: key.id,
  algorithm: key.algorithm,
  state,
  createdAt: key.createdAt,
  activeAt: key.activeAt,
  retiredAt,
  goneAt,
  publicKey: publicKey ?? null,
});
