import * as Effect from "effect/Effect";
import { StoreUnavailable } from "../../src/errors.ts";
import type { Storage, StoreModule, Stores } from "../../src/ports/storage.ts";

export interface WatchedStore<Transaction> extends StoreModule<Transaction> {
  /** Every statement that was run, inside transactions or not, e.g. `sessions.rotate`, with what it answered. */
  readonly statements: { readonly name: string; readonly answer: unknown }[];
  /** While it is set no statement gets an answer. */
  isDown: boolean;
  /** Runs between the end of a statement of this name and the moment its caller hears of it. Once. */
  readonly after: Map<string, () => Promise<unknown>>;
}

/** What the feed is read by in the background: not part of any one call. */
const background = /^accessChanges\.(?:since|latest|prune)$/;
const writes =
  /^(?:users\.(?:insert|update|remove|recordLogin)|credentials\.(?:put|replace)|sessions\.(?:insert|rotate|revoke|revokeAll|removeEndedBefore)|keys\.(?:insert|replaceSecret|remove)|audit\.append|accessChanges\.append)$/;

export const namesOf = (store: WatchedStore<never>): readonly string[] =>
  store.statements.map(({ name }) => name).filter((name) => !background.test(name));

export const writesOf = (store: WatchedStore<never>): readonly string[] =>
  namesOf(store).filter((name) => writes.test(name));

/** A store that does what it always did, and tells of every statement. */
export const watchedStore = (module: StoreModule): WatchedStore<never> => {
  const watch = <A, E>(name: string, statement: Effect.Effect<A, E>): Effect.Effect<A, E | StoreUnavailable> =>
    Effect.suspend((): Effect.Effect<A, E | StoreUnavailable> => {
      if (watched.isDown) return Effect.fail(new StoreUnavailable({ reason: "it is down", retryable: true }));
      return Effect.tap(statement, (answer) =>
        Effect.promise(async () => {
          watched.statements.push({ name, answer });
          const pause = watched.after.get(name);
          watched.after.delete(name);
          await pause?.();
        }),
      );
    });

  const watchGroup = <Group extends object>(group: Group, called: string): Group =>
    new Proxy(group, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function"
          ? (...rest: unknown[]) => watch(`${called}.${String(key)}`, Reflect.apply(value, target, rest))
          : value;
      },
    });

  const watchStores = (stores: Stores): Stores => ({
    users: watchGroup(stores.users, "users"),
    credentials: watchGroup(stores.credentials, "credentials"),
    sessions: watchGroup(stores.sessions, "sessions"),
    oneTimeTokens: watchGroup(stores.oneTimeTokens, "oneTimeTokens"),
    secondFactors: watchGroup(stores.secondFactors, "secondFactors"),
    invitations: watchGroup(stores.invitations, "invitations"),
    attempts: watchGroup(stores.attempts, "attempts"),
    groups: watchGroup(stores.groups, "groups"),
    grants: watchGroup(stores.grants, "grants"),
    keys: watchGroup(stores.keys, "keys"),
    audit: watchGroup(stores.audit, "audit"),
    accessChanges: watchGroup(stores.accessChanges, "accessChanges"),
    outbox: watchGroup(stores.outbox, "outbox"),
  });

  const watchStorage = (storage: Storage): Storage => ({
    ...watchStores(storage),
    transact: (body) =>
      Effect.suspend(() =>
        watched.isDown
          ? Effect.fail(new StoreUnavailable({ reason: "it is down", retryable: true }))
          : storage.transact((stores) => body(watchStores(stores))),
      ),
    within: (transaction) => watchStorage(storage.within(transaction)),
    check: storage.check,
  });

  const watched: WatchedStore<never> = {
    name: module.name,
    open: Effect.map(module.open, watchStorage),
    statements: [],
    isDown: false,
    after: new Map(),
  };
  return watched;
};
