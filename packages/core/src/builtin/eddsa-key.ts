import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { exportJWK } from "jose/key/export";
import { generateKeyPair } from "jose/key/generate/keypair";
import type { Clock } from "../ports/environment.ts";
import type { StoredKey } from "../ports/key-store.ts";
import type { JsonWebPublicKey } from "../ports/token-signer.ts";
import { headerText } from "./access-token-text.ts";

/** A key for access tokens, ready to use. */
export interface EddsaKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebPublicKey;
  /** The first part of every token that we sign with this key. */
  readonly header: string;
}

/** JOSE's name for Ed25519 signatures that every library knows (RFC 8037 §3.1). */
export const eddsa = "EdDSA";

/** Makes a new Ed25519 key, its id the RFC 7638 thumbprint. */
export const makeEddsaKey: (clock: Clock) => Effect.Effect<StoredKey> = Effect.fnUntraced(function* (clock) {
  const { privateKey } = yield* Effect.promise(() => generateKeyPair(eddsa, { extractable: true }));
  const jwk = yield* Effect.promise(() => exportJWK(privateKey));
  const id = yield* Effect.promise(() => calculateJwkThumbprint(jwk));
  return {
    id,
    purpose: "access_token",
    algorithm: eddsa,
    secretJwk: JSON.stringify(jwk),
    createdAt: new Date(clock.now()),
  };
});

/**
 * Reads a stored key. A key that is no Ed25519 key pair, whose halves do not belong together, or whose id is not its
 * thumbprint, is a defect: nothing may be signed or accepted with it.
 */
export const readEddsaKey: (stored: StoredKey) => Effect.Effect<EddsaKey> = Effect.fnUntraced(function* (stored) {
  const broken = (rule: string) => Effect.die(new Error(`The access token key ${stored.id} ${rule}.`));
  const { kty, crv, x, d } = yield* Effect.sync(() => readMembers(stored.secretJwk));
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || typeof d !== "string") {
    return yield* broken("is no Ed25519 key pair");
  }
  const jwk = { kty, crv, x, d };
  const publicKey = yield* Effect.sync(() => createPublicKey({ key: jwk, format: "jwk" }));
  if (publicKey.export({ format: "jwk" }).x !== x) return yield* broken("has a public half of another key");
  const kid = yield* Effect.promise(() => calculateJwkThumbprint({ kty, crv, x }));
  if (kid !== stored.id) return yield* broken("has an id that is not its thumbprint");
  const privateKey = yield* Effect.sync(() => createPrivateKey({ key: jwk, format: "jwk" }));
  return {
    kid,
    privateKey,
    publicKey,
    publicJwk: { kty, crv, x, kid, alg: eddsa, use: "sig" },
    header: headerText(kid),
  };
});

const readMembers = (jwk: string): { readonly [member: string]: unknown } => JSON.parse(jwk);
