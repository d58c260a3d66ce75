import { InvalidConfiguration } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import { CompiledQuery } from "kysely";
import type { Dialect } from "./dialect.ts";
import type { Executor, Statement } from "./executor.ts";
import { inSavepoint } from "./savepoint.ts";

/**
 * A transaction of the host's own Kysely: any `Transaction<DB>` is one, whatever its tables. A `Kysely` that is no
 * transaction does not fit.
 */
export interface KyselyTransaction {
  readonly isTransaction: true;
  readonly executeQuery: (query: CompiledQuery) => Promise<{
    readonly rows: readonly unknown[];
    readonly numAffectedRows?: bigint;
  }>;
  /** Plugins of the host's would rename the columns we read. */
  readonly withoutPlugins: () => KyselyTransaction;
}

/**
 * An executor that joins the host's transaction: what it writes is there for others once the host commits. `atomically`
 * is a savepoint, so that a call that fails leaves the host's transaction as it was. Throws InvalidConfiguration for a
 * Kysely that is no transaction, which types refuse already.
 */
export const executorWithin = (transaction: KyselyTransaction, dialect: Dialect): Executor => {
  if (transaction.isTransaction !== true) {
    throw new InvalidConfiguration({
      reason: "within() takes a Kysely transaction: db.transaction().execute((trx) => …).",
    });
  }
  const bare = transaction.withoutPlugins();

  const execute = (statement: Statement) =>
    Effect.tryPromise({
      try: () => bare.executeQuery(CompiledQuery.raw(statement.sql, [...statement.parameters])),
      catch: (error) => error,
    }).pipe(
      Effect.catch((error) => {
        const unavailable = dialect.unavailable(error);
        return unavailable === undefined ? Effect.die(error) : Effect.fail(unavailable);
      }),
    );

  const command = (sql: string) => Effect.asVoid(execute({ sql, parameters: [] }));

  const inside: Executor = {
    all: <Row>(statement: Statement<Row>) => Effect.map(execute(statement), ({ rows }) => rows as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => Effect.map(execute(statement), ({ rows }) => rows[0] as Row | undefined),
    run: (statement) => Effect.map(execute(statement), ({ numAffectedRows }) => Number(numAffectedRows ?? 0n)),
    atomically: (body) => body(inside),
  };
  const gate = gateOf(transaction);
  return { ...inside, atomically: (body) => gate.withPermits(1)(inSavepoint(command, () => body(inside))) };
};

/** Savepoints of one transaction form a stack, so that calls made at the same time take turns. */
const gateOf = (transaction: KyselyTransaction): Semaphore.Semaphore => {
  const known = gates.get(transaction);
  if (known !== undefined) return known;
  const gate = Semaphore.makeUnsafe(1);
  gates.set(transaction, gate);
  return gate;
};

const gates = new WeakMap<KyselyTransaction, Semaphore.Semaphore>();
