import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign as makeSignature,
  timingSafeEqual,
  verify as verifySignature,
} from "node:crypto";
import * as Effect from "effect/Effect";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import type { StoredKey } from "../ports/key-store.ts";
import type { JsonWebPublicKey } from "../ports/token-signer.ts";
import { isLowSignature, lowSignature } from "./low-signature.ts";
import type { TokenAlgorithm } from "./token-options.ts";

/** A key for access tokens, ready to use. It signs and checks with its own algorithm, whatever a token claims. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  /** The first part of every token that we sign with this key. */
  readonly header: string;
  /** Undefined for a secret key, which nobody else may have. */
  readonly publicJwk: JsonWebPublicKey | undefined;
  readonly sign: (signed: Uint8Array) => Buffer;
  readonly verify: (signed: Uint8Array, signature: Uint8Array) => boolean;
}

/** RFC 9068 §2.1: keeps an access token from being taken for another kind of JWT (RFC 8725 §3.11). */
export const tokenType = "at+jwt";

/** RFC 7518 §3.2: as long as the hash. */
const macBytes = 64;
/** RFC 7518 §3.3. */
const rsaBits = 2_048;

interface Scheme {
  readonly kty: string;
  readonly crv?: string;
  readonly hash: string | null;
  readonly signatureBytes?: number;
}

/** What RFC 7518 §3.1 and RFC 8037 say of each algorithm with a public key. */
const schemes: { readonly [Algorithm in Exclude<TokenAlgorithm, "HS512">]: Scheme } = {
  EdDSA: { kty: "OKP", crv: "Ed25519", hash: null, signatureBytes: 64 },
  ES256: { kty: "EC", crv: "P-256", hash: "sha256", signatureBytes: 64 },
  RS256: { kty: "RSA", hash: "sha256" },
};

/**
 * Reads the JWK of a stored key. Fails with what is wrong with it: another kind of key, halves that do not belong
 * together, an id that is not the thumbprint, too few bits. Nothing may be signed or accepted with such a key.
 */
export const readSigningKey: (stored: StoredKey, jwk: string) => Effect.Effect<SigningKey, string> = Effect.fnUntraced(
  function* (stored, jwk) {
    const algorithm = algorithmOf(stored.algorithm);
    if (algorithm === undefined) return yield* Effect.fail("is of an algorithm that is not known");
    const members = yield* Effect.try({ try: () => readMembers(jwk), catch: () => "is no JWK" });
    return yield* algorithm === "HS512" ? readSecret(stored.id, members) : readPair(stored.id, algorithm, members);
  },
);

const algorithms: { readonly [name: string]: TokenAlgorithm } = {
  EdDSA: "EdDSA",
  ES256: "ES256",
  RS256: "RS256",
  HS512: "HS512",
};

const algorithmOf = (name: string): TokenAlgorithm | undefined =>
  Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;

type Members = { readonly [member: string]: unknown };
const readMembers = (jwk: string): Members => JSON.parse(jwk);

const headerOf = (alg: TokenAlgorithm, kid: string): string =>
  Buffer.from(JSON.stringify({ alg, kid, typ: tokenType })).toString("base64url");

const readSecret = (kid: string, { kty, k }: Members): Effect.Effect<SigningKey, string> => {
  const secret = kty === "oct" && typeof k === "string" ? Buffer.from(k, "base64url") : Buffer.alloc(0);
  if (secret.length < macBytes) return Effect.fail("is no secret of 512 bits");
  const key = createSecretKey(secret);
  const sign = (signed: Uint8Array): Buffer => createHmac("sha512", key).update(signed).digest();
  return Effect.succeed({
    kid,
    algorithm: "HS512",
    header: headerOf("HS512", kid),
    publicJwk: undefined,
    sign,
    verify: (signed, signature) => signature.length === macBytes && timingSafeEqual(sign(signed), signature),
  });
};

const readPair = Effect.fnUntraced(function* (
  kid: string,
  algorithm: Exclude<TokenAlgorithm, "HS512">,
  jwk: Members,
): Effect.fn.Return<SigningKey, string> {
  const scheme = schemes[algorithm];
  if (jwk.kty !== scheme.kty || jwk.crv !== scheme.crv || typeof jwk.d !== "string") {
    return yield* Effect.fail(`is no key pair for ${algorithm}`);
  }
  const { privateKey, publicKey } = yield* Effect.try({
    try: () => ({
      privateKey: createPrivateKey({ key: { ...jwk }, format: "jwk" }),
      publicKey: createPublicKey({ key: publicPart(jwk), format: "jwk" }),
    }),
    catch: () => `is no key pair for ${algorithm}`,
  });
  if (scheme.kty === "RSA" && (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < rsaBits) {
    return yield* Effect.fail(`has fewer than ${rsaBits} bits`);
  }
  const parts = publicKey.export({ format: "jwk" });
  const isSame = Object.entries(parts).every(([member, value]) => jwk[member] === value);
  const key = keyPair(kid, algorithm, scheme, privateKey, publicKey);
  const probe = Buffer.from(kid);
  const belongs = yield* Effect.try({ try: () => key.verify(probe, key.sign(probe)), catch: () => "cannot sign" });
  if (!isSame || !belongs) return yield* Effect.fail("has a public half of another key");
  if ((yield* Effect.promise(() => calculateJwkThumbprint(parts))) !== kid) {
    return yield* Effect.fail("has an id that is not its thumbprint");
  }
  const { kty = scheme.kty, crv, x, y, n, e } = parts;
  const members = { ...(crv && { crv }), ...(x && { x }), ...(y && { y }), ...(n && { n }), ...(e && { e }) };
  return { ...key, publicJwk: { kty, ...members, kid, alg: algorithm, use: "sig" } };
});

/** What a public key is made of, and nothing of the private one. */
const publicPart = (jwk: Members): { readonly [member: string]: unknown } =>
  Object.fromEntries(["kty", "crv", "x", "y", "n", "e"].flatMap((name) => (name in jwk ? [[name, jwk[name]]] : [])));

const keyPair = (
  kid: string,
  algorithm: TokenAlgorithm,
  { hash, signatureBytes, kty }: Scheme,
  privateKey: KeyObject,
  publicKey: KeyObject,
): SigningKey => {
  const isEc = kty === "EC";
  const encoding = { dsaEncoding: "ieee-p1363" } as const;
  const signing = isEc ? { key: privateKey, ...encoding } : privateKey;
  const checking = isEc ? { key: publicKey, ...encoding } : publicKey;
  const hasForm = (signature: Uint8Array): boolean =>
    (signatureBytes === undefined || signature.length === signatureBytes) && (!isEc || isLowSignature(signature));
  return {
    kid,
    algorithm,
    header: headerOf(algorithm, kid),
    publicJwk: undefined,
    sign: (signed) => {
      const signature = makeSignature(hash, signed, signing);
      return isEc ? lowSignature(signature) : signature;
    },
    verify: (signed, signature) => hasForm(signature) && verifySignature(hash, signed, checking, signature),
  };
};
