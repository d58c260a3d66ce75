import * as Effect from "effect/Effect";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { type ChangeRefused, KeyNotFound, type StoreUnavailable } from "../errors.ts";
import { everyToken } from "../ports/access-changes.ts";
import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";
import type { StoredKey } from "../ports/key-store.ts";
import type { Stores } from "../ports/storage.ts";
import { isGone, type KeyLife, lastId, livesOf, slackMilliseconds } from "./key-life.ts";
import type { KeyVault } from "./key-vault.ts";
import { type MadeKey, makeTokenKey } from "./make-key.ts";
import { isTokenKey, storedKey } from "./open-keys.ts";
import type { TokenSettings } from "./token-options.ts";

export interface RotationPorts {
  readonly vault: KeyVault;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly randomSource: RandomSource;
  readonly settings: TokenSettings;
  /** How long an access token lives at most. */
  readonly tokenSeconds: number;
}

type RotationError = ChangeRefused | StoreUnavailable;

/** Changes of the keys for access tokens. Each is one transaction, and tells every process by the feed. */
export interface Rotation {
  /** Where the keys stand at this moment. */
  readonly lives: (keys: readonly StoredKey[]) => readonly KeyLife[];
  /** Prepares a successor of the active key; answers the one under way if there is one, whoever began it. */
  readonly rotate: (scope: CallScope) => Effect.Effect<StoredKey | undefined, RotationError>;
  /** The same, if the schedule or another algorithm asks for it; also removes keys that are gone. */
  readonly rotateIfDue: (scope: CallScope) => Effect.Effect<StoredKey | undefined, RotationError>;
  /** Removes a key at once; another one signs from now on. */
  readonly revoke: (scope: CallScope, kid: string) => Effect.Effect<void, RotationError | KeyNotFound>;
}

/** Audit events of keys, which belong to no tenant, stand in this one. */
export const keysTenant = "default";

const tokenKeys = (keys: readonly StoredKey[]): readonly StoredKey[] =>
  keys.filter(({ purpose }) => purpose === "access_token");

export const makeRotation = (ports: RotationPorts): Rotation => ({
  lives: (keys) => livesHere(ports, keys),
  rotate: (scope) => attempt(ports, scope, () => true),
  rotateIfDue: (scope) => attempt(ports, scope, (last) => isDue(ports, last)),
  revoke: (scope, kid) => withdraw(ports, scope, kid),
});

const livesHere = ({ settings, clock, tokenSeconds }: RotationPorts, keys: readonly StoredKey[]) =>
  livesOf(keys.filter(isTokenKey(settings.algorithm)), clock.now(), tokenSeconds);

const isDue = ({ settings, clock }: RotationPorts, { key }: KeyLife): boolean =>
  key.algorithm !== settings.algorithm ||
  (settings.rotateEverySeconds !== undefined &&
    key.activeAt.getTime() + (settings.rotateEverySeconds - settings.prepareSeconds) * 1_000 <= clock.now());

/** Keys are made outside the transaction, and only when one is likely to be needed: some take a tenth of a second. */
const attempt = Effect.fnUntraced(function* (
  ports: RotationPorts,
  scope: CallScope,
  isWanted: (last: KeyLife) => boolean,
) {
  const { settings, clock, randomSource, vault } = ports;
  const present = tokenKeys(yield* scope.storage.keys.list());
  const seen = livesHere(ports, present);
  const newest = seen.at(-1);
  const needed = newest !== undefined && successorOf(ports, seen) === undefined && isWanted(newest);
  if (!needed && goneFrom(ports, present).length === 0) return newest?.key;
  const made = needed ? yield* makeTokenKey(settings.algorithm, randomSource) : undefined;
  return yield* scope.storage.transact((stores) =>
    Effect.gen(function* () {
      const all = tokenKeys(yield* stores.keys.list());
      const lives = livesHere(ports, all);
      for (const { id } of goneFrom(ports, all)) yield* stores.keys.remove(id);
      const last = lives.at(-1);
      if (made === undefined || successorOf(ports, lives) !== undefined || last === undefined || !isWanted(last)) {
        return last?.key;
      }
      const createdAt = new Date(clock.now());
      const activeAt = new Date(createdAt.getTime() + settings.prepareSeconds * 1_000);
      const key = storedKey(vault, made, { purpose: "access_token", createdAt, activeAt, follows: lastId(all) });
      if (!(yield* stores.keys.insert(key))) return last.key;
      yield* tell(ports, scope, stores, "key.rotated", key.id, createdAt);
      return key;
    }),
  );
});

/** Keys of no use any more: ours, and those of the other kind once the last token they signed has expired. */
const goneFrom = (ports: RotationPorts, all: readonly StoredKey[]): readonly StoredKey[] => {
  const now = ports.clock.now();
  const lives = livesHere(ports, all);
  const since = Math.min(...lives.map(({ key }) => key.activeAt.getTime()));
  const isAlone = since + ports.tokenSeconds * 1_000 + slackMilliseconds <= now;
  const others = isAlone ? all.filter((key) => !lives.some((life) => life.key.id === key.id)) : [];
  return [...others, ...lives.filter((life) => isGone(life, now)).map(({ key }) => key)];
};

/** A key that is prepared already, unless it is of an algorithm that is no longer wanted. */
const successorOf = ({ settings }: RotationPorts, lives: readonly KeyLife[]): KeyLife | undefined =>
  lives.findLast(({ state, key }) => state === "prepared" && key.algorithm === settings.algorithm);

const withdraw = Effect.fnUntraced(function* (ports: RotationPorts, scope: CallScope, kid: string) {
  const { settings, clock, randomSource, vault } = ports;
  const made: MadeKey = yield* makeTokenKey(settings.algorithm, randomSource);
  yield* scope.storage.transact((stores) =>
    Effect.gen(function* () {
      const all = tokenKeys(yield* stores.keys.list());
      const at = new Date(clock.now());
      const lives = livesHere(ports, all);
      const index = lives.findIndex(({ key }) => key.id === kid);
      const revoked = lives[index];
      if (revoked === undefined) return yield* new KeyNotFound();
      yield* stores.keys.remove(kid);
      const next = lives[index + 1]?.key;
      if (revoked.state === "active" && next !== undefined) {
        // Others know it already, since it is published.
        yield* stores.keys.remove(next.id);
        yield* stores.keys.insert({ ...next, activeAt: at });
      } else if (revoked.state === "active") {
        const facts = { purpose: "access_token", createdAt: at, activeAt: at, follows: lastId(all) } as const;
        yield* stores.keys.insert(storedKey(vault, made, facts));
      }
      yield* tell(ports, scope, stores, "key.revoked", kid, at);
    }),
  );
});

const tell = Effect.fnUntraced(function* (
  { ids }: RotationPorts,
  { actor }: CallScope,
  stores: Stores,
  type: "key.rotated" | "key.revoked",
  kid: string,
  at: Date,
) {
  yield* stores.accessChanges.append(everyToken, at);
  const facts = { userId: kid, sessionId: null, changes: [] };
  yield* stores.audit.append(keysTenant, { id: ids.next(), at, type, actor: auditActor(actor), ...facts });
});
