import { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Semaphore from "effect/Semaphore";
import type { Connection } from "./connection.ts";
import { attempt, attemptPatiently } from "./waiting.ts";

/** Runs a body in a transaction of its own. */
export type Transact = <A, E>(
  body: (executor: Executor) => Effect.Effect<A, E>,
) => Effect.Effect<A, E | StoreUnavailable>;

/**
 * Transactions of one connection, one at a time. They are immediate: the write lock is taken at the start, so that none
 * finds out half-way that it lost a race. Commit is the last step; if it fails, or the body does, or a statement of the
 * body did, everything is undone.
 */
export const makeTransact = (connection: Connection, gate: Semaphore.Semaphore): Transact => {
  const { executor, begin, commit, rollBack } = makeInside(connection);
  return (body) =>
    gate.withPermits(1)(
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          yield* attemptPatiently(begin, restore);
          const exit = yield* Effect.exit(restore(Effect.suspend(() => body(executor))));
          if (Exit.isFailure(exit)) rollBack();
          else yield* Effect.onError(attemptPatiently(commit), () => Effect.sync(rollBack));
          return yield* exit;
        }),
      ),
    );
};

/** A connection as it is used inside a transaction. */
const makeInside = (connection: Connection) => {
  /** Once a statement fails for want of a disk or by a bug, half of a change may be written: never commit it. */
  let isBroken = false;

  const mustGoOn = (): void => {
    if (isBroken || !connection.database.inTransaction) throw new StoreUnavailable(endedEarly);
  };

  const guarded = <A>(step: () => A): Effect.Effect<A, StoreUnavailable> =>
    attempt(() => {
      mustGoOn();
      try {
        return step();
      } catch (error) {
        isBroken = true;
        throw error;
      }
    });

  const executor: Executor = {
    all: <Row>(statement: Statement<Row>) => guarded(() => connection.all(statement) as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => guarded(() => connection.first(statement) as Row | undefined),
    run: (statement) => guarded(() => connection.run(statement)),
    atomically: (body) => body(executor),
  };

  return {
    executor,
    begin: () => {
      connection.command("begin immediate");
      isBroken = false;
    },
    commit: () => {
      mustGoOn();
      connection.command("commit");
    },
    rollBack: () => {
      try {
        if (connection.database.inTransaction) connection.command("rollback");
      } catch {
        // The connection is gone, and its transaction with it.
      }
    },
  };
};

/** SQLite itself may end a transaction (a full disk): what comes after must not be written outside of it. */
const endedEarly = { reason: "a statement of the transaction failed before", retryable: true };
