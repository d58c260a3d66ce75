import { type LentTransaction, StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { CompiledQuery } from "kysely";
import type { Executor, Statement } from "./executor.ts";
import type { KyselyTransaction } from "./within.ts";

/** Lends what an executor runs in: queries that the host compiled run in it, and so do calls `within` it. */
export const lend = (executor: Executor): LentTransaction => {
  let hasEnded = false;
  const open = <A, E>(run: () => Effect.Effect<A, E>): Effect.Effect<A, E | StoreUnavailable> =>
    Effect.suspend((): Effect.Effect<A, E | StoreUnavailable> => {
      return hasEnded
        ? Effect.fail(new StoreUnavailable({ reason: "the transaction has ended", retryable: false }))
        : run();
    });
  const guarded: Executor = {
    ...executor,
    all: <Row>(statement: Statement<Row>) => open(() => executor.all(statement)),
    first: <Row>(statement: Statement<Row>) => open(() => executor.first(statement)),
    run: (statement) => open(() => executor.run(statement)),
  };
  const transaction: KyselyTransaction = {
    isTransaction: true,
    executeQuery: (query) => Effect.runPromise(answered(guarded, query)),
    withoutPlugins: () => transaction,
  };
  executors.set(transaction, guarded);
  return {
    transaction,
    end: () => {
      hasEnded = true;
    },
  };
};

/** The executor of a transaction that was lent; undefined for one of the host's own. */
export const lentExecutor = (transaction: KyselyTransaction): Executor | undefined => executors.get(transaction);

const executors = new WeakMap<KyselyTransaction, Executor>();

/** A query that writes and returns nothing answers a number, every other one rows. */
const answered = (executor: Executor, { sql, parameters, query }: CompiledQuery) => {
  const isWrite = ["InsertQueryNode", "UpdateQueryNode", "DeleteQueryNode"].includes(query.kind);
  const isSilent = isWrite && !("returning" in query && query.returning !== undefined);
  return isSilent
    ? Effect.map(executor.run({ sql, parameters }), (count) => ({ rows: [], numAffectedRows: BigInt(count) }))
    : Effect.map(executor.all({ sql, parameters }), (rows) => ({ rows }));
};
