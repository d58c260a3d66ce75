import type * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { JsonObject } from "../kernel/json.ts";

/** What an access token says (RFC 9068). Instants are whole seconds since the epoch. */
export interface AccessTokenClaims {
  /** Tenant. */
  readonly tenant: string;
  /** User id. */
  readonly sub: string;
  /** Session id. */
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  /** When the holder last proved who they are (`auth_time`, RFC 9470 §6). */
  readonly authTime: number;
  /** By what (`amr`, RFC 8176). */
  readonly amr: readonly string[];
  /**
   * Further claims, for others to read: `verify` does not give them back. `required_actions` is among them while the user
   * has to do something first.
   */
  readonly extra?: JsonObject;
}

/** A public key set (RFC 7517), as served under `/.well-known/jwks.json`. */
export interface JsonWebKeySet {
  readonly keys: readonly JsonWebPublicKey[];
}

/** The key set, and how long it may be cached: new keys stand in it for longer than that before they sign. */
export interface PublishedKeys extends JsonWebKeySet {
  readonly maxAgeSeconds: number;
}

/** A public signing key (RFC 7517, RFC 8037). */
export interface JsonWebPublicKey {
  readonly kty: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: "sig";
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** Signs and checks access tokens. */
export interface TokenSigner {
  /** The same claims under the same key give the same text, ES256 excepted: its signatures are random. */
  readonly sign: (claims: AccessTokenClaims) => Effect.Effect<string>;

  /**
   * The claims of a token that this installation signed and that is valid at `nowSeconds`; undefined otherwise. Checks
   * the exact text, `typ`, `alg`, `kid`, `iss`, `aud`, `exp` and the shape of every claim before it looks at the content.
   *
   * Stays off the thread pool when the key is known, so that a flood of password hashes cannot hold up a token check.
   */
  readonly verify: (
    token: string,
    nowSeconds: number,
  ) => Effect.Effect<AccessTokenClaims | undefined, StoreUnavailable>;

  /** The public keys with which others can check the tokens; none where tokens are signed under a secret. */
  readonly publicKeys: () => Effect.Effect<PublishedKeys>;
}
