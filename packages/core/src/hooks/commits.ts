import * as Effect from "effect/Effect";
import type { ChangeRefused, StoreUnavailable } from "../errors.ts";
import type { LentTransaction, Storage, Stores } from "../ports/storage.ts";
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

  const forgetAll = ({ accessChanges }: Unit): void => {
    for (const { tenant, userId } of accessChanges) forget(tenant, userId);
  };

  const committed = (unit: Unit): Effect.Effect<void> =>
    Effect.suspend(() => {
      forgetAll(unit);
      return hooks.after(unit.events);
    });

  /** What a hook does through `within` is noted in the unit while they run, and has had its own hooks. */
  const before = (unit: Unit, lend: (() => LentTransaction) | undefined) => {
    const events = [...unit.events];
    if (!hooks.hasBefore || events.length === 0) return Effect.void;
    const lent = lend?.();
    if (lent !== undefined) units.set(lent.transaction, unit);
    return Effect.ensuring(
      hooks.before(events, lent?.transaction),
      Effect.sync(() => lent?.end()),
    );
  };

  /** Runs a body, and what belongs in its transaction behind it. */
  const noted =
    <A, E, E2>(
      body: (stores: Stores) => Effect.Effect<A, E>,
      last: (stores: Stores, unit: Unit) => Effect.Effect<void, E2>,
    ) =>
    (stores: Stores, lend?: () => LentTransaction) => {
      const unit = emptyUnit();
      return Effect.gen(function* () {
        const answer = yield* body(noting(stores, unit));
        yield* before(unit, lend);
        yield* last(stores, unit);
        return { answer, unit };
      });
    };

  /** Without hooks: this is on the way of every write. */
  const plainly: ScopedStorage["transact"] = (body) =>
    Effect.suspend(() => {
      let unit = emptyUnit();
      const noticed = storage.transact((stores) => {
        unit = emptyUnit();
        return body(noting(stores, unit));
      });
      return Effect.map(noticed, (answer) => {
        forgetAll(unit);
        return answer;
      });
    });

  // Once it is committed, a caller who gives up does not keep the hooks from hearing of it.
  const withHooks: ScopedStorage["transact"] = (body) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(storage.transact(noted((stores) => restore(body(stores)), nothing)), ({ answer, unit }) =>
        Effect.as(committed(unit), answer),
      ),
    );

  const outside: ScopedStorage = { ...storage, transact: hooks.hasBefore || hooks.hasAfter ? withHooks : plainly };

  const within: Commits["within"] = (transaction, given) => {
    const joined = storage.within(transaction as never);
    const outer = given ?? units.get(transaction);
    return {
      ...joined,
      transact: (body) =>
        outer === undefined
          ? Effect.map(joined.transact(noted(body, queued)), ({ answer }) => answer)
          : Effect.map(joined.transact(noted(body, nothing)), ({ answer, unit }) => {
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

const nothing = (): Effect.Effect<void> => Effect.void;
