import type { Storage, StoreModule, Stores, StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import type { KyselyTransaction } from "../within.ts";
import { type Gate, makeGate } from "./gate.ts";
import type { MovableStore } from "./movable.ts";

type Opening = Effect.Effect<void, Effect.Error<MovableStore["open"]>>;

/** A store under which the database may be changed while an instance of Muster runs on it. */
export interface SwitchableStore extends MovableStore {
  readonly switching: {
    /** Lets nobody begin to write, and resolves when all who were writing are done: false when that takes too long. */
    readonly pause: () => Promise<boolean>;
    /** Lets everybody go on. */
    readonly resume: () => void;
    /** Opens another store for all who have this one open, and closes the one they had when they are done with it. */
    readonly enter: (to: MovableStore) => Opening;
  };
}

/** One instance's database, which may become another. */
interface Seat {
  readonly enter: (to: MovableStore) => Opening;
}

/**
 * Wraps the store of a running app, so that `moveStore({ from, to })` can put another database under it without a
 * restart. While the databases change over (less than two seconds), what writes waits, at most five seconds, then fails
 * with StoreUnavailable; what reads goes on. After the move every call goes to the new database.
 *
 * `within` keeps to the database that the host's own transaction is of: a host who joins transactions changes its own
 * connection over as well, and better restarts.
 */
export const switchableStore = (store: MovableStore): SwitchableStore => {
  const gate = makeGate();
  const seats = new Set<Seat>();
  let current = store;

  return {
    get name() {
      return current.name;
    },
    get movable() {
      return current.movable;
    },
    open: Effect.gen(function* () {
      const scope = yield* Effect.scope;
      let held = yield* hold(current, scope);
      const seat: Seat = {
        enter: (to) =>
          Effect.gen(function* () {
            const before = held;
            held = yield* hold(to, scope);
            subscriptions.moveTo(held.storage);
            // On its own feet: nobody waits for the last reader of the old database.
            Effect.runFork(before.close);
          }),
      };
      const subscriptions = makeSubscriptions(held.storage);
      yield* Effect.acquireRelease(
        Effect.sync(() => void seats.add(seat)),
        () => Effect.sync(() => void seats.delete(seat)),
      );
      return storageOf(() => held, gate, subscriptions);
    }),
    switching: {
      pause: gate.shut,
      resume: gate.open,
      enter: (to) =>
        Effect.gen(function* () {
          current = to;
          for (const seat of seats) yield* seat.enter(to);
        }),
    },
  };
};

/** An open storage, and how many calls are in it. */
interface Held {
  readonly storage: Storage<KyselyTransaction>;
  readonly use: <A, E>(effect: (storage: Storage<KyselyTransaction>) => Effect.Effect<A, E>) => Effect.Effect<A, E>;
  /** Closes it when nobody is in it any more. */
  readonly close: Effect.Effect<void>;
}

const hold = Effect.fnUntraced(function* (store: StoreModule<KyselyTransaction>, parent: Scope.Scope) {
  const scope = yield* Scope.fork(parent);
  const storage = yield* Scope.provide(store.open, scope).pipe(
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
  );
  let inside = 0;
  let whenEmpty: (() => void) | undefined;
  const leave = Effect.sync(() => {
    inside -= 1;
    if (inside === 0) whenEmpty?.();
  });
  const held: Held = {
    storage,
    use: (effect) =>
      Effect.suspend(() => {
        inside += 1;
        return Effect.ensuring(
          Effect.suspend(() => effect(storage)),
          leave,
        );
      }),
    close: Effect.andThen(
      Effect.callback<void>((resume) => {
        if (inside === 0) resume(Effect.void);
        else whenEmpty = () => resume(Effect.void);
      }),
      Scope.close(scope, Exit.void),
    ),
  };
  return held;
});

/** Who wants to hear of changes of access, of whichever database it is. */
interface Subscriptions {
  readonly join: NonNullable<Storage["onAccessChange"]>;
  readonly moveTo: (storage: Storage<KyselyTransaction>) => void;
}

const makeSubscriptions = (first: Storage<KyselyTransaction>): Subscriptions => {
  type Hear = Parameters<Subscriptions["join"]>[0];
  const leaving = new Map<Hear, (() => void) | undefined>();
  let storage = first;
  return {
    join: (given) => {
      const hear: Hear = (change) => given(change);
      leaving.set(hear, storage.onAccessChange?.(hear));
      return () => {
        leaving.get(hear)?.();
        leaving.delete(hear);
      };
    },
    moveTo: (next) => {
      storage = next;
      for (const [hear, leave] of leaving) {
        leave?.();
        leaving.set(hear, next.onAccessChange?.(hear));
      }
    },
  };
};

const storageOf = (held: () => Held, gate: Gate, { join }: Subscriptions): Storage<KyselyTransaction> => {
  const first = held().storage;
  const group = <Name extends keyof Stores>(name: Name): Stores[Name] =>
    delegating(first[name], (method, args) => {
      const call = () => held().use((storage) => (storage[name][method as keyof Stores[Name]] as Method)(...args));
      return reads.test(method) ? Effect.suspend(call) : gate.through(call);
    });
  return {
    users: group("users"),
    credentials: group("credentials"),
    sessions: group("sessions"),
    oneTimeTokens: group("oneTimeTokens"),
    secondFactors: group("secondFactors"),
    invitations: group("invitations"),
    attempts: group("attempts"),
    groups: group("groups"),
    grants: group("grants"),
    keys: group("keys"),
    audit: group("audit"),
    accessChanges: group("accessChanges"),
    outbox: group("outbox"),
    transact: (body) => gate.through(() => held().use((storage) => storage.transact(body))),
    within: (transaction) => held().storage.within(transaction),
    onAccessChange: join,
    brokenInvariants: () => held().use((storage) => storage.brokenInvariants?.() ?? Effect.succeed([])),
    check: () => Effect.suspend(() => held().use((storage) => storage.check())),
  };
};

type Method = (...args: readonly unknown[]) => Effect.Effect<unknown, StoreUnavailable>;

/** Reading the feed is not among them: it numbers entries that were not read before. */
const reads = /^(find|list|count|next)/;

/** An object with the same methods, each of which is carried out by `call`. */
const delegating = <T extends object>(
  methods: T,
  call: (method: string, args: readonly unknown[]) => Effect.Effect<unknown, unknown>,
): T =>
  Object.fromEntries(
    Object.keys(methods).map((method) => [method, (...args: readonly unknown[]) => call(method, args)]),
  ) as T;
