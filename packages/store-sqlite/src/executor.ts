import type { Executor, Statement } from "@muster/store-kysely";
import type * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import type { Connection } from "./connection.ts";
import { makeTransact } from "./transactions.ts";
import { attemptPatiently } from "./waiting.ts";

/** What a database is used through, and what waits for the transaction in flight before it is closed. */
export interface Access {
  readonly executor: Executor;
  readonly whenIdle: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>;
}

/** Two connections to one file: reads see what is committed and wait for no transaction. */
export const makeAccess = (writer: Connection, reader: Connection): Access => {
  const gate = Semaphore.makeUnsafe(1);
  const transact = makeTransact(writer, gate);
  return {
    executor: {
      all: <Row>(statement: Statement<Row>) => attemptPatiently(() => reader.all(statement) as readonly Row[]),
      first: <Row>(statement: Statement<Row>) => attemptPatiently(() => reader.first(statement) as Row | undefined),
      run: (statement) => transact((executor) => executor.run(statement)),
      atomically: transact,
    },
    whenIdle: gate.withPermits(1),
  };
};

/** One connection, since nobody else can reach the database: reads wait for the transaction in flight. */
export const makeSoleAccess = (connection: Connection): Access => {
  const gate = Semaphore.makeUnsafe(1);
  const transact = makeTransact(connection, gate);
  const alone = gate.withPermits(1);
  return {
    executor: {
      all: <Row>(statement: Statement<Row>) =>
        alone(attemptPatiently(() => connection.all(statement) as readonly Row[])),
      first: <Row>(statement: Statement<Row>) =>
        alone(attemptPatiently(() => connection.first(statement) as Row | undefined)),
      run: (statement) => transact((executor) => executor.run(statement)),
      atomically: transact,
    },
    whenIdle: alone,
  };
};
