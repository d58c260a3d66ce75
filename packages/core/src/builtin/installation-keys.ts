import { createSecretKey, type KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { Clock, RandomSource } from "../ports/environment.ts";
import type { KeyPurpose, KeyStore, StoredKey } from "../ports/key-store.ts";
import { makeEddsaKey } from "./eddsa-key.ts";

/** What it takes to find or make the keys of an installation. */
export interface KeySources {
  readonly keys: KeyStore;
  readonly randomSource: RandomSource;
  readonly clock: Clock;
}

/** The keys that never leave the processes of an installation. A KeyObject prints nothing of its content. */
export interface InstallationKeys {
  /** Marks list cursors. */
  readonly cursor: KeyObject;
  /** Marks refresh tokens. */
  readonly refreshToken: KeyObject;
  /** Seals payloads of the outbox. */
  readonly outbox: KeyObject;
}

/** HS256 needs a key of at least the hash's size (RFC 7518 §3.2). */
const secretBytes = 32;

const purposes: readonly KeyPurpose[] = ["access_token", "cursor", "refresh_token", "outbox"];

const idBytes = 16;

/** Its id is random: a thumbprint would be a hash of the secret itself (RFC 7638 §7). */
const makeSecretKey = (purpose: KeyPurpose, { randomSource, clock }: KeySources): StoredKey => {
  const text = (length: number) => Buffer.from(randomSource.bytes(length)).toString("base64url");
  const secretJwk = JSON.stringify({ kty: "oct", k: text(secretBytes), alg: "HS256" });
  return { id: text(idBytes), purpose, algorithm: "HS256", secretJwk, createdAt: new Date(clock.now()) };
};

/**
 * All keys in the store, oldest first, after making one for each purpose that had none.
 *
 * Many processes may start at once: the store takes one key of each purpose, and all of them read that one.
 */
export const ensureInstallationKeys: (sources: KeySources) => Effect.Effect<readonly StoredKey[], StoreUnavailable> =
  Effect.fn("InstallationKeys.ensure")(function* (sources) {
    const present = yield* sources.keys.list();
    const missing = purposes.filter((purpose) => !present.some((key) => key.purpose === purpose));
    if (missing.length === 0) return present;
    for (const purpose of missing) {
      const made = purpose === "access_token" ? yield* makeEddsaKey(sources.clock) : makeSecretKey(purpose, sources);
      yield* sources.keys.insertFirst(made);
    }
    return yield* sources.keys.list();
  });

const secretOf = (keys: readonly StoredKey[], purpose: KeyPurpose): Effect.Effect<KeyObject> =>
  Effect.sync(() => {
    const stored = keys.find((key) => key.purpose === purpose);
    if (stored === undefined) throw new Error(`The key store lost the ${purpose} key it was given.`);
    const { kty, k }: { readonly kty?: unknown; readonly k?: unknown } = JSON.parse(stored.secretJwk);
    const secret = kty === "oct" && typeof k === "string" ? Buffer.from(k, "base64url") : Buffer.alloc(0);
    if (secret.length < secretBytes) throw new Error(`The ${purpose} key ${stored.id} is no key of 256 bits.`);
    return createSecretKey(secret);
  });

/** Loads the secret keys, making what is missing. A stored key that is broken is a defect. */
export const loadInstallationKeys: (sources: KeySources) => Effect.Effect<InstallationKeys, StoreUnavailable> =
  Effect.fn("InstallationKeys.load")(function* (sources) {
    const keys = yield* ensureInstallationKeys(sources);
    return {
      cursor: yield* secretOf(keys, "cursor"),
      refreshToken: yield* secretOf(keys, "refresh_token"),
      outbox: yield* secretOf(keys, "outbox"),
    };
  });
