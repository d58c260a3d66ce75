import { createSecretKey, type KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import { InvalidConfiguration, type StoreUnavailable } from "../errors.ts";
import type { Clock, RandomSource } from "../ports/environment.ts";
import type { KeyPurpose, KeyStore, StoredKey } from "../ports/key-store.ts";
import { lastId } from "./key-life.ts";
import type { KeyVault } from "./key-vault.ts";
import { type MadeKey, makeSecretKey, makeTokenKey } from "./make-key.ts";
import type { TokenAlgorithm } from "./token-options.ts";

/** What it takes to find or make the keys of an installation. */
export interface KeySources {
  readonly keys: KeyStore;
  readonly vault: KeyVault;
  readonly randomSource: RandomSource;
  readonly clock: Clock;
  readonly algorithm: TokenAlgorithm;
}

/** The keys that never leave the processes of an installation. A KeyObject prints nothing of its content. */
export interface InstallationKeys {
  /** Marks list cursors. */
  readonly cursor: KeyObject;
  /** Marks refresh tokens. */
  readonly refreshToken: KeyObject;
  /** Seals payloads of the outbox. */
  readonly outbox: KeyObject;
  /** Seals the secrets of second factors: good for as long as there is one. */
  readonly secondFactor: KeyObject;
}

const secretPurposes = ["cursor", "refresh_token", "outbox", "second_factor"] as const satisfies readonly KeyPurpose[];

/** Whether a stored key is one for access tokens of the kind in use: secrets and key pairs never stand side by side. */
export const isTokenKey =
  (algorithm: TokenAlgorithm) =>
  (key: StoredKey): boolean =>
    key.purpose === "access_token" && (key.algorithm === "HS512") === (algorithm === "HS512");

/** A made key as it is stored. */
export const storedKey = (
  vault: KeyVault,
  { jwk, ...made }: MadeKey,
  facts: Pick<StoredKey, "purpose" | "createdAt" | "activeAt" | "follows">,
): StoredKey => {
  const name = { id: made.id, algorithm: made.algorithm, purpose: facts.purpose };
  return { ...name, ...facts, secretJwk: vault.close(name, jwk) };
};

/**
 * Loads the keys, making what is missing; all of them are encrypted under the current secret then, if there is one.
 *
 * Many processes may start at once: the store takes one first key of each purpose, and all of them read that one. Fails
 * with InvalidConfiguration when keys are encrypted under a secret that is not known. A broken key is a defect.
 */
export const openKeys: (
  sources: KeySources,
) => Effect.Effect<InstallationKeys, StoreUnavailable | InvalidConfiguration> = Effect.fn("Keyring.open")(
  function* (sources) {
    const present = yield* sources.keys.list();
    if (present.some((key) => sources.vault.open(key) === undefined)) {
      const reason =
        "The keys in this database are encrypted, and no given secret opens them: the option 'secret' must name the one they are encrypted under.";
      return yield* new InvalidConfiguration({ reason });
    }
    yield* makeMissing(sources, present);
    const keys = yield* sources.keys.list();
    yield* Effect.forEach(keys, (key) => encryptedAnew(sources, key), { discard: true });
    return {
      cursor: yield* secretOf(sources.vault, keys, "cursor"),
      refreshToken: yield* secretOf(sources.vault, keys, "refresh_token"),
      outbox: yield* secretOf(sources.vault, keys, "outbox"),
      secondFactor: yield* secretOf(sources.vault, keys, "second_factor"),
    };
  },
);

const makeMissing = Effect.fnUntraced(function* (sources: KeySources, present: readonly StoredKey[]) {
  const { keys, vault, algorithm, randomSource, clock } = sources;
  const createdAt = new Date(clock.now());
  const facts = { createdAt, activeAt: createdAt, follows: "" };
  for (const purpose of secretPurposes) {
    if (present.some((key) => key.purpose === purpose)) continue;
    yield* keys.insert(storedKey(vault, makeSecretKey("HS256", randomSource), { ...facts, purpose }));
  }
  if (present.some(isTokenKey(algorithm))) return;
  const follows = lastId(present.filter(({ purpose }) => purpose === "access_token"));
  const made = yield* makeTokenKey(algorithm, randomSource);
  yield* keys.insert(storedKey(vault, made, { ...facts, follows, purpose: "access_token" }));
});

/** Of several who encrypt a key at once one replaces the text; what the others would have written is as good. */
const encryptedAnew = ({ keys, vault }: KeySources, key: StoredKey) => {
  const jwk = vault.isCurrent(key.secretJwk) ? undefined : vault.open(key);
  return jwk === undefined ? Effect.void : keys.replaceSecret(key.id, key.secretJwk, vault.close(key, jwk));
};

/** HS256 needs a key of at least the hash's size (RFC 7518 §3.2). */
const leastBytes = 32;

const secretOf = (vault: KeyVault, keys: readonly StoredKey[], purpose: KeyPurpose): Effect.Effect<KeyObject> =>
  Effect.sync(() => {
    const stored = keys.find((key) => key.purpose === purpose);
    const jwk = stored && vault.open(stored);
    if (stored === undefined || jwk === undefined)
      throw new Error(`The key store lost the ${purpose} key it was given.`);
    const { kty, k }: { readonly kty?: unknown; readonly k?: unknown } = JSON.parse(jwk);
    const secret = kty === "oct" && typeof k === "string" ? Buffer.from(k, "base64url") : Buffer.alloc(0);
    if (secret.length < leastBytes) throw new Error(`The ${purpose} key ${stored.id} is no key of 256 bits.`);
    return createSecretKey(secret);
  });
