import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Semaphore from "effect/Semaphore";
import type { StoreUnavailable } from "../errors.ts";
import type { Clock } from "../ports/environment.ts";
import type { KeyStore, StoredKey } from "../ports/key-store.ts";
import type { JsonWebPublicKey } from "../ports/token-signer.ts";
import { livesOf } from "./key-life.ts";
import type { KeyVault } from "./key-vault.ts";
import { isTokenKey } from "./open-keys.ts";
import { readSigningKey, type SigningKey } from "./signing-key.ts";
import type { TokenAlgorithm } from "./token-options.ts";

export interface KeyringPorts {
  readonly keys: KeyStore;
  readonly vault: KeyVault;
  readonly clock: Clock;
  readonly algorithm: TokenAlgorithm;
  /** How long an access token lives at most. */
  readonly tokenSeconds: number;
  /** How long a key is published before it signs. */
  readonly prepareSeconds: number;
}

/** The keys for access tokens as this process knows them. */
export interface Keyring {
  /** The key that signs now. Which one that is changes with time alone, so that all processes agree. */
  readonly signing: () => SigningKey;
  /** A key by the first part of its tokens, written as we write it; undefined for one that is gone. */
  readonly byHeader: (header: string) => SigningKey | undefined;
  readonly byKid: (kid: string) => SigningKey | undefined;
  /** What others need to check tokens, of keys that sign, will sign, or did. Empty for secret keys. */
  readonly published: () => readonly JsonWebPublicKey[];
  /** Reads the keys again, whatever was read before. */
  readonly reload: Effect.Effect<void, StoreUnavailable>;
  /** Reads them again because a token names one that is not known: once in five seconds, whatever comes in. */
  readonly reloadForStranger: Effect.Effect<void, StoreUnavailable>;
  /** Reads them again unless that was done seconds ago; a store that is down leaves what is known. */
  readonly refresh: Effect.Effect<void>;
}

const pauseMilliseconds = 5_000;

interface RingKey {
  readonly key: SigningKey;
  readonly activeAt: number;
  readonly goneAt: number;
}

/** Reads the keyring. At first a key that cannot be read is a defect; later such a key is passed over. */
export const makeKeyring: (ports: KeyringPorts) => Effect.Effect<Keyring, StoreUnavailable> = Effect.fn("Keyring.make")(
  function* ({ keys, vault, clock, algorithm, tokenSeconds, prepareSeconds }) {
    /** Keys stay readable when the secret they are encrypted under changes: each is opened once. */
    let opened = new Map<string, SigningKey>();
    let ring: readonly RingKey[] = [];
    let byHeader = new Map<string, RingKey>();
    let byKid = new Map<string, RingKey>();

    const keyOf = Effect.fnUntraced(function* (stored: StoredKey) {
      const known = opened.get(stored.id);
      if (known !== undefined) return known;
      const jwk = vault.open(stored);
      return yield* jwk === undefined
        ? Effect.fail("is encrypted under a secret that is not known")
        : readSigningKey(stored, jwk);
    });

    const read = Effect.gen(function* () {
      const mine = (yield* keys.list()).filter(isTokenKey(algorithm));
      const isFirst = ring.length === 0;
      const found: RingKey[] = [];
      for (const { key: stored, goneAt } of livesOf(mine, clock.now(), tokenSeconds)) {
        const key = yield* Effect.result(keyOf(stored));
        if (key._tag === "Success") {
          const times = { activeAt: stored.activeAt.getTime(), goneAt: goneAt?.getTime() ?? Number.POSITIVE_INFINITY };
          found.push({ key: key.success, ...times });
        } else if (isFirst) {
          return yield* Effect.die(new Error(`The access token key ${stored.id} ${key.failure}.`));
        } else {
          yield* Effect.logWarning(`The access token key ${stored.id} ${key.failure}.`);
        }
      }
      if (found.length === 0)
        return yield* Effect.die(new Error(`The key store holds no ${algorithm} key for access tokens.`));
      ring = found;
      opened = new Map(found.map(({ key }) => [key.kid, key]));
      byKid = new Map(found.map((entry) => [entry.key.kid, entry]));
      byHeader = new Map(found.map((entry) => [entry.key.header, entry]));
    });

    // Monotonic time: a clock that is set back must not make old knowledge look fresh.
    let readAt = performance.now();
    const turn = yield* Semaphore.make(1);
    const readNow = Effect.suspend(() => {
      const startedAt = performance.now();
      return Effect.map(read, () => {
        readAt = startedAt;
      });
    });

    let askedAt = Number.NEGATIVE_INFINITY;
    let answer: Exit.Exit<void, StoreUnavailable> = Exit.void;
    const reloadForStranger = turn.withPermit(
      Effect.suspend(() => {
        if (Math.abs(clock.now() - askedAt) < pauseMilliseconds) return answer;
        return Effect.flatMap(Effect.exit(readNow), (exit) => {
          askedAt = clock.now();
          answer = exit;
          return exit;
        });
      }),
    );

    // Half of the time in which keys are prepared may be the cache's of the key set.
    const refreshMilliseconds = Math.min(pauseMilliseconds, prepareSeconds * 250);
    const refresh = Effect.suspend(() => {
      const isOld = () => performance.now() - readAt > refreshMilliseconds;
      if (!isOld()) return Effect.void;
      return Effect.ignore(turn.withPermit(Effect.suspend(() => (isOld() ? readNow : Effect.void))));
    });

    yield* read;

    const lasting = (entry: RingKey | undefined): SigningKey | undefined =>
      entry !== undefined && entry.goneAt > clock.now() ? entry.key : undefined;

    return {
      signing: () => {
        const now = clock.now();
        const entry = ring.findLast(({ activeAt }) => activeAt <= now) ?? ring[0];
        if (entry === undefined) throw new Error("A keyring always holds a key.");
        return entry.key;
      },
      byHeader: (header) => lasting(byHeader.get(header)),
      byKid: (kid) => lasting(byKid.get(kid)),
      published: () => ring.flatMap((entry) => lasting(entry)?.publicJwk ?? []),
      reload: turn.withPermit(readNow),
      reloadForStranger,
      refresh,
    };
  },
);
