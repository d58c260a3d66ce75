import * as Effect from "effect/Effect";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { exportJWK } from "jose/key/export";
import { generateKeyPair } from "jose/key/generate/keypair";
import type { RandomSource } from "../ports/environment.ts";
import type { TokenAlgorithm } from "./token-options.ts";

/** A new key: its id, and the whole of it as a JWK. */
export interface MadeKey {
  readonly id: string;
  readonly algorithm: string;
  readonly jwk: string;
}

/** RFC 7518 §3.2: at least as long as the hash. */
const secretBytes = { HS256: 32, HS512: 64 } as const;

const idBytes = 32;

/** Makes a secret key. Its id is random: a thumbprint would be a hash of the secret itself (RFC 7638 §7). */
export const makeSecretKey = (algorithm: keyof typeof secretBytes, randomSource: RandomSource): MadeKey => {
  const text = (length: number) => Buffer.from(randomSource.bytes(length)).toString("base64url");
  const jwk = JSON.stringify({ kty: "oct", k: text(secretBytes[algorithm]), alg: algorithm });
  return { id: text(idBytes), algorithm, jwk };
};

/** Makes a key for access tokens; the id of a key pair is its RFC 7638 thumbprint. */
export const makeTokenKey: (algorithm: TokenAlgorithm, randomSource: RandomSource) => Effect.Effect<MadeKey> =
  Effect.fnUntraced(function* (algorithm, randomSource) {
    if (algorithm === "HS512") return makeSecretKey(algorithm, randomSource);
    const { privateKey } = yield* Effect.promise(() => generateKeyPair(algorithm, { extractable: true }));
    const jwk = yield* Effect.promise(() => exportJWK(privateKey));
    const id = yield* Effect.promise(() => calculateJwkThumbprint(jwk));
    return { id, algorithm, jwk: JSON.stringify(jwk) };
  });
