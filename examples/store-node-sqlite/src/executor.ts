import { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import type { Connection } from "./connection.ts";
import { attempt, patiently } from "./failures.ts";

/**
 * Transactions on one connection, one at a time; reads outside of them on another, which sees what is committed and
 * waits for nobody. When the scope closes, the transaction in flight ends first.
 */
export const makeExecutor = (writer: Connection, reader: Connection): Effect.Effect<Executor, never, Scope.Scope> => {
  const alone = Semaphore.makeUnsafe(1).withPermits(1);

  const atomically: Executor["atomically"] = (body) =>
    alone(
      Effect.acquireUseRelease(
        begin(writer),
        ({ inside, commit }) =>
          Effect.tap(
            Effect.suspend(() => body(inside)),
            commit,
          ),
        ({ rollBack }) => rollBack,
      ),
    );

  const executor: Executor = {
    all: <Row>(statement: Statement<Row>) => patiently(() => reader.all(statement)),
    first: <Row>(statement: Statement<Row>) => patiently(() => reader.first(statement)),
    run: (statement) => atomically((inside) => inside.run(statement)),
    atomically,
  };
  return Effect.acquireRelease(Effect.succeed(executor), () => alone(Effect.void));
};

/** Takes the write lock at once: a transaction that asks for it half-way may find that it has lost, and cannot wait. */
const begin = (connection: Connection) =>
  Effect.map(
    patiently(() => connection.database.exec("begin immediate")),
    () => openTransaction(connection),
  );

const openTransaction = ({ database, all, first, run }: Connection) => {
  let isOver = false;

  /**
   * After a statement failed, nothing may follow but the rollback: SQLite may have ended the transaction by itself (a full
   * disk), and what comes next would be written outside of any. Nor may anything follow the end.
   */
  const guarded = <A>(step: () => A) =>
    attempt(() => {
      if (isOver) throw new StoreUnavailable({ reason: "the transaction has failed or ended", retryable: true });
      try {
        return step();
      } catch (error) {
        isOver = true;
        throw error;
      }
    });

  const inside: Executor = {
    all: <Row>(statement: Statement<Row>) => guarded(() => all(statement)),
    first: <Row>(statement: Statement<Row>) => guarded(() => first(statement)),
    run: (statement) => guarded(() => run(statement)),
    atomically: (body) => body(inside),
  };

  return {
    inside,
    commit: Effect.andThen(
      guarded(() => database.exec("commit")),
      Effect.sync(() => {
        isOver = true;
      }),
    ),
    /** After a commit there is nothing to undo; when the file is gone, its transaction went with it. */
    rollBack: Effect.ignoreCause(
      attempt(() => {
        isOver = true;
        if (database.isTransaction) database.exec("rollback");
      }),
    ),
  };
};
