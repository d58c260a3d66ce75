import { InvalidConfiguration, StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import { CompiledQuery } from "kysely";
import type { Dialect } from "./dialect.ts";
import type { Executor, Statement } from "./executor.ts";
import { lentExecutor } from "./lent-transaction.ts";
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
  /** Tells which transactions are one and the same: those on one connection. */
  readonly getExecutor?: () => {
    readonly provideConnection: <A>(consumer: (connection: object) => Promise<A>) => Promise<A>;
  };
}

/**
 * An executor that joins the host's transaction: what it writes is there for others once the host commits. `atomically`
 * is a savepoint, so that a call that fails leaves the host's transaction as it was. Throws InvalidConfiguration for a
 * Kysely that is no transaction, which types refuse already; a transaction that has ended or is of another database dies
 * of it at its first statement.
 */
export const executorWithin = (transaction: KyselyTransaction, dialect: Dialect): Executor => {
  if (transaction?.isTransaction !== true) throw misused("is no transaction of Kysely");
  const inside = lentExecutor(transaction) ?? executorOf(transaction, dialect);
  const command = (sql: string) => Effect.asVoid(inside.run({ sql, parameters: [] }));
  return {
    ...inside,
    atomically: (body) =>
      Effect.flatMap(gateOf(transaction), (gate) => gate.withPermits(1)(inSavepoint(command, () => body(inside)))),
  };
};

const executorOf = (transaction: KyselyTransaction, dialect: Dialect): Executor => {
  const bare = transaction.withoutPlugins();
  const execute = (statement: Statement) =>
    Effect.tryPromise({
      try: () => bare.executeQuery(CompiledQuery.raw(statement.sql, [...statement.parameters])),
      catch: (error) => error,
    }).pipe(
      Effect.catch((error) => {
        const unavailable = dialect.unavailable(error);
        return unavailable === undefined ? Effect.die(misuseOf(error) ?? error) : Effect.fail(asOfHost(unavailable));
      }),
    );
  const inside: Executor = {
    isOfHost: true,
    all: <Row>(statement: Statement<Row>) => Effect.map(execute(statement), ({ rows }) => rows as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => Effect.map(execute(statement), ({ rows }) => rows[0] as Row | undefined),
    run: (statement) => Effect.map(execute(statement), ({ numAffectedRows }) => Number(numAffectedRows ?? 0n)),
    atomically: (body) => body(inside),
  };
  return inside;
};

/** A savepoint undoes the call, not what the transaction has seen: to try again helps only from its beginning. */
const asOfHost = (failure: StoreUnavailable): StoreUnavailable => {
  const { reason, retryable, cause } = failure;
  if (!retryable) return failure;
  return new StoreUnavailable({ reason: `${reason}: roll yours back and repeat the whole of it`, retryable, cause });
};

/** Savepoints of one connection form a stack, so that calls made at the same time take turns. */
const gateOf = (transaction: KyselyTransaction): Effect.Effect<Semaphore.Semaphore> =>
  Effect.suspend(() => {
    const known = gates.get(transaction);
    if (known !== undefined) return Effect.succeed(known);
    return Effect.map(connectionOf(transaction), (connection) => {
      const gate = gates.get(connection) ?? Semaphore.makeUnsafe(1);
      gates.set(connection, gate);
      gates.set(transaction, gate);
      return gate;
    });
  });

/** Of transactions and of connections: a host has several objects for one of them, one for each savepoint of its own. */
const gates = new WeakMap<object, Semaphore.Semaphore>();

const connectionOf = (transaction: KyselyTransaction): Effect.Effect<object> => {
  const { getExecutor } = transaction;
  if (getExecutor === undefined) return Effect.succeed(transaction);
  return Effect.tryPromise({
    try: () => getExecutor.call(transaction).provideConnection((connection) => Promise.resolve(connection)),
    catch: (error) => misuseOf(error) ?? error,
  }).pipe(Effect.orDie);
};

const misused = (how: string): InvalidConfiguration =>
  new InvalidConfiguration({
    reason: `What was given to within() ${how}: it takes a transaction of your Kysely on the database of Muster while it is open, as in db.transaction().execute((trx) => …).`,
  });

/** What the mistakes of a host look like from in here; undefined when it is no such mistake. */
const misuseOf = (error: unknown): InvalidConfiguration | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (
    /^Transaction is already (committed|rolled back)|^SAVEPOINT can only be used in transaction/i.test(error.message)
  ) {
    return misused("has ended");
  }
  const isElsewhere =
    /no such table|unknown database|(relation|schema) ".*" does not exist|syntax error|incomplete input/;
  return isElsewhere.test(error.message) ? misused("is of a database without Muster's tables") : undefined;
};
