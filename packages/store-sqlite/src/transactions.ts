import { StoreUnavailable } from "@muster/core/ports";
import { type Executor, inSavepoint, type Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Semaphore from "effect/Semaphore";
import type { Connection } from "./connection.ts";
import { attempt, attemptPatiently } from "./waiting.ts";

/** Runs a body in a transaction of its own. */
export type Transact = <A, E>(
  body: (executor: Executor) => Effect.Effect<A, E>,
) => Effect.Effect<A, E | StoreUnavailable>;

/**
 * Transactions of one connection, one at a time. They are immediate: the write lock is taken at the start, so that none
 * finds out half-way that it lost a race. Commit is the last step; if it fails, or the body does, everything is undone.
 */
export const makeTransact = (connection: Connection, gate: Semaphore.Semaphore): Transact => {
  const inside = executorInside(connection, 0);
  return (body) =>
    gate.withPermits(1)(
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          yield* attemptPatiently(() => connection.command("begin immediate"), restore);
          const exit = yield* Effect.exit(restore(Effect.suspend(() => body(inside))));
          if (Exit.isFailure(exit)) rollBack(connection);
          else yield* Effect.tapError(commit(connection), () => Effect.sync(() => rollBack(connection)));
          return yield* exit;
        }),
      ),
    );
};

/** SQLite itself may end a transaction (a full disk): what comes after must not be written outside of it. */
const commit = (connection: Connection): Effect.Effect<void, StoreUnavailable> =>
  attemptPatiently(() => {
    if (!connection.database.inTransaction) throw new StoreUnavailable(endedEarly);
    connection.command("commit");
  });

const rollBack = (connection: Connection): void => {
  try {
    if (connection.database.inTransaction) connection.command("rollback");
  } catch {
    // The connection is gone, and its transaction with it.
  }
};

const endedEarly = { reason: "it ended the transaction early", retryable: true };

const executorInside = (connection: Connection, depth: number): Executor => {
  const gate = Semaphore.makeUnsafe(1);

  const guarded = <A>(step: () => A): Effect.Effect<A, StoreUnavailable> =>
    attempt(() => {
      if (!connection.database.inTransaction) throw new StoreUnavailable(endedEarly);
      return step();
    });

  return {
    all: <Row>(statement: Statement<Row>) => guarded(() => connection.all(statement) as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => guarded(() => connection.first(statement) as Row | undefined),
    run: (statement) => guarded(() => connection.run(statement)),
    atomically: (body) =>
      gate.withPermits(1)(
        inSavepoint(
          (sql) => guarded(() => connection.command(sql)),
          depth,
          () => body(executorInside(connection, depth + 1)),
        ),
      ),
  };
};
