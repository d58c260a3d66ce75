import type { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import type { PostgresResult } from "./driver.ts";

/** An executor whose statements all go one way; what is to be atomic is so already. */
export const executorThrough = (
  query: (statement: Statement) => Effect.Effect<PostgresResult, StoreUnavailable>,
): Executor => {
  const executor: Executor = {
    all: <Row>(statement: Statement<Row>) => Effect.map(query(statement), ({ rows }) => rows as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => Effect.map(query(statement), ({ rows }) => rows[0] as Row | undefined),
    run: (statement) => Effect.map(query(statement), ({ rowCount }) => rowCount ?? 0),
    atomically: (body) => body(executor),
  };
  return executor;
};
