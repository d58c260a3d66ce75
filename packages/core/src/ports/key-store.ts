import type * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";

/** What a key is for: signing access tokens, marking cursors, marking refresh tokens, sealing payloads of the outbox, and
 * the secrets of second factors. */
export type KeyPurpose = "access_token" | "cursor" | "refresh_token" | "outbox" | "second_factor";

/** A key of this installation, shared by all tenants and processes on one database. */
export interface StoredKey {
  /** Key id (`kid`), RFC 7638 thumbprint for asymmetric keys. */
  readonly id: string;
  readonly purpose: KeyPurpose;
  /** JOSE algorithm name, e.g. `EdDSA`, `HS256`. */
  readonly algorithm: string;
  /** The private or secret key as a JWK in JSON, perhaps encrypted. Never leaves the process. */
  readonly secretJwk: string;
  readonly createdAt: Date;
  /** From when on it is used for what is new; until then others only learn of it. */
  readonly activeAt: Date;
  /** Id of the key of its purpose that it succeeds, which may be gone by now; empty for the first. */
  readonly follows: string;
}

/** The keys of an installation. */
export interface KeyStore {
  /** All keys, oldest first. */
  readonly list: () => Effect.Effect<readonly StoredKey[], StoreUnavailable>;

  /**
   * Adds a key unless one of its purpose follows the same key; answers whether it did. Of many callers who name the same
   * predecessor, in whatever processes, exactly one gets true.
   */
  readonly insert: (key: StoredKey) => Effect.Effect<boolean, StoreUnavailable>;

  /** Replaces the text of a key if it is still `from`; answers whether it was. */
  readonly replaceSecret: (id: string, from: string, to: string) => Effect.Effect<boolean, StoreUnavailable>;

  /** Removes a key; answers whether it was there. */
  readonly remove: (id: string) => Effect.Effect<boolean, StoreUnavailable>;
}
