import * as Effect from "effect/Effect";
import type { ChangeRefused, StoreUnavailable } from "../errors.ts";
import type { Storage, Stores } from "../ports/storage.ts";
import type { CallHooks } from "./call-hooks.ts";
import { hookTopic, payloadOf } from "./hook-entries.ts";
import type { ChangeEvent } from "./hooks.ts";
import { emptyUnit, join, noting, type Unit } from "./unit.ts";

/** What use cases work on: reads outside transactions, and transactions with all that hangs on their commit. */
export interface ScopedStorage extends Stores {
  readonly transact: <A, E>(
    body: (stores: Stores) => Effect.Effect<A, E>,
  ) => Effect.Effect<A, E | ChangeRefused | StoreUnavailable>;
}

export interface CommitsPorts {
  readonly storage: Storage<never>;
  readonly hooks: CallHooks;
  /** Makes this process forget what it remembers of a user's tokens. */
  readonly forget: (tenant: string, userId: string) => void;
}

/** What happens around commits: hooks, and tokens that are looked at again. The one place that knows of them. */
export interface Commits {
  /** For calls outside the host's transactions: each commits by itself. */
  readonly storage: ScopedStorage;

  /** For calls inside a transaction of the host's; with a unit when its commit will be told. */
  readonly within: (transaction: object, unit?: Unit) => ScopedStorage;

  /** Notes what is done within a transaction of the host's whose commit will be told. */
  readonly begin: (transaction: object) => Unit;

  /**
   * To be run as the last thing within that transaction: events whose rows are gone, since the host rolled a savepoint
   * back, are dropped from the unit.
   */
  readonly settle: (transaction: object, unit: Unit) => Effect.Effect<void, StoreUnavailable>;

  /** To be run after the commit. Never fails. */
  readonly committed: (unit: Unit) => Effect.Effect<void>;
}

export const makeCommits = ({ storage, hooks, forget }: CommitsPorts): Commits => {
  /** Units of transactions that are under way, by what stands for the transaction. */
  const units = new WeakMap<object, Unit>();

  const committed = (unit: Unit): Effect.Effect<void> =>
    Effect.suspend(() => {
      for (const { tenant, userId } of unit.accessChanges) forget(tenant, userId);
      return hooks.after(unit.events);
    });

  /** Runs a body and what belongs in its transaction; what it did is in the unit that is answered with the result. */
  const noted = <A, E>(
    on: Storage<never>,
    body: (stores: Stores) => Effect.Effect<A, E>,
    last: (stores: Stores, unit: Unit) => Effect.Effect<void, StoreUnavailable> = () => Effect.void,
  ) =>
    on.transact((stores, transaction) => {
      const unit = emptyUnit();
      if (isObject(transaction)) units.set(transaction, unit);
      return Effect.gen(function* () {
        const answer = yield* body(noting(stores, unit));
        // What a hook does through `within` is noted in the unit while they run, and has had its own hooks.
        yield* hooks.before([...unit.events], transaction);
        yield* last(stores, unit);
        return { answer, unit };
      });
    });

  const outside: ScopedStorage = {
    ...storage,
    transact: (body) => {
      const told = <A, E>(run: (stores: Stores) => Effect.Effect<A, E>) =>
        Effect.flatMap(noted(storage, run), ({ answer, unit }) => Effect.as(committed(unit), answer));
      if (!hooks.hasAfter) return told(body);
      // Once it is committed, a caller who gives up does not keep the hook from hearing of it.
      return Effect.uninterruptibleMask((restore) => told((stores) => restore(body(stores))));
    },
  };

  const within: Commits["within"] = (transaction, given) => {
    const joined = storage.within(transaction as never);
    const outer = given ?? units.get(transaction);
    return {
      ...joined,
      transact: (body) =>
        outer === undefined
          ? Effect.map(noted(joined, body, queued), ({ answer }) => answer)
          : Effect.map(noted(joined, body), ({ answer, unit }) => {
              join(outer, unit);
              return answer;
            }),
    };
  };

  /** Nobody will tell of the commit: the events wait in the outbox, which shows them once it is done. */
  const queued = (stores: Stores, { events }: Unit) =>
    hooks.hasAfter
      ? Effect.forEach(
          events,
          (event) =>
            stores.outbox.append(event.tenant, {
              id: event.id,
              topic: hookTopic,
              userId: event.userId,
              payload: payloadOf(event),
              createdAt: event.at,
              availableAt: event.at,
            }),
          { discard: true },
        )
      : Effect.void;

  return {
    storage: outside,
    within,
    committed,
    begin: (transaction) => {
      const unit = emptyUnit();
      units.set(transaction, unit);
      return unit;
    },
    settle: Effect.fnUntraced(function* (transaction, unit) {
      if (!hooks.hasAfter || unit.events.length === 0) return;
      const { audit } = storage.within(transaction as never);
      const kept = new Set<ChangeEvent>();
      for (const tenant of new Set(unit.events.map((event) => event.tenant))) {
        const events = unit.events.filter((event) => event.tenant === tenant);
        const ids = events.map(({ id }) => id);
        const found = new Set((yield* audit.list(tenant, { ids, limit: ids.length })).map(({ id }) => id));
        for (const event of events) if (found.has(event.id)) kept.add(event);
      }
      unit.events = unit.events.filter((event) => kept.has(event));
    }),
  };
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
