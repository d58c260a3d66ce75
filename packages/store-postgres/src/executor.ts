import type { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { PostgresResult } from "./driver.ts";
import { setbackOf, unavailable } from "./failures.ts";
import type { Lending } from "./lending.ts";
import { type Outcome, retrying } from "./retrying.ts";
import { makeTransact, type Transact } from "./transactions.ts";

/** Reads on any connection of the pool, one statement each; every write is a serialisable transaction. */
export const makeExecutor = (lending: Lending): Executor =>
  executorOn(lending, makeTransact(lending, "begin isolation level serializable"));

/** Reads one statement each, repeated when the connection broke; every write is a transaction. */
export const executorOn = (lending: Lending, transact: Transact): Executor => {
  const read = (statement: Statement): Effect.Effect<PostgresResult, StoreUnavailable> =>
    Effect.flatMap(retrying(Effect.promise(() => attemptToRead(lending, statement))), (exit) => exit);
  return {
    all: <Row>(statement: Statement<Row>) => Effect.map(read(statement), ({ rows }) => rows as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => Effect.map(read(statement), ({ rows }) => rows[0] as Row | undefined),
    run: (statement) => transact((executor) => executor.run(statement)),
    atomically: transact,
  };
};

/** Gives the connection back whatever happens, also when nobody waits for the answer any more. */
const attemptToRead = async (
  lending: Lending,
  statement: Statement,
): Promise<Outcome<Exit.Exit<PostgresResult, StoreUnavailable>>> => {
  const loan = lending.borrow();
  let isConnected = false;
  try {
    const connection = await loan.connection;
    isConnected = true;
    const result = await connection.query(statement);
    loan.giveBack();
    return { kind: "ended", value: Exit.succeed(result) };
  } catch (error) {
    const [by, failure] = [setbackOf(error), unavailable(error)];
    loan.giveBack(by === "lost");
    // A server that could not be reached just now is not worth the wait of whoever asked.
    if (isConnected && by !== undefined && failure !== undefined) return { kind: "set back", by, failure };
    return { kind: "ended", value: failure === undefined ? Exit.die(error) : Exit.fail(failure) };
  }
};
