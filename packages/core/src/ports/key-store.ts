import type * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";

/** What a key is for: signing access tokens, marking cursors, marking refresh tokens, sealing payloads of the outbox. */
export type KeyPurpose = "access_token" | "cursor" | "refresh_token" | "outbox";

/** A key of this installation, shared by all tenants and processes on one database. */
export interface StoredKey {
  /** Key id (`kid`), RFC 7638 thumbprint for asymmetric keys. */
  readonly id: string;
  readonly purpose: KeyPurpose;
  /** JOSE algorithm name, e.g. `EdDSA`, `HS256`. */
  readonly algorithm: string;
  /** The private or secret key as a JWK in JSON. Never leaves the process. */
  readonly secretJwk: string;
  readonly createdAt: Date;
}

/** Keys made on first start. */
export interface KeyStore {
  /** All keys, oldest first. */
  readonly list: () => Effect.Effect<readonly StoredKey[], StoreUnavailable>;

  /** Adds a key if none of its purpose exists yet; answers whether it did. Of many callers exactly one gets true. */
  readonly insertFirst: (key: StoredKey) => Effect.Effect<boolean, StoreUnavailable>;
}
