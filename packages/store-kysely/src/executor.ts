import type { StoreUnavailable } from "@muster/core/ports";
import type * as Effect from "effect/Effect";

/**
 * SQL text and the values of its parameters, in order. A statement that Kysely compiled is one.
 *
 * @typeParam Row what each of its rows looks like; never present at run time.
 */
export interface Statement<Row = unknown> {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly row?: Row;
}

/**
 * Runs statements on one connection, or on one of several: the only way of this package to a database.
 *
 * An executor of a transaction runs all of its statements in it. One outside reads what is committed and makes every
 * write a transaction of its own. A database that is locked, full, read-only or gone is StoreUnavailable; an error in
 * the SQL itself, a broken constraint included, is a defect.
 */
export interface Executor {
  /** It runs in a transaction of the host's, whose isolation may be weaker than that of ours. */
  readonly isOfHost?: true;
  readonly all: <Row>(statement: Statement<Row>) => Effect.Effect<readonly Row[], StoreUnavailable>;
  /** The first row. The statement finds at most one. */
  readonly first: <Row>(statement: Statement<Row>) => Effect.Effect<Row | undefined, StoreUnavailable>;
  /** Answers the number of rows written. */
  readonly run: (statement: Statement) => Effect.Effect<number, StoreUnavailable>;
  /** All writes of `body` or none: a transaction of its own or, inside of one, a part of that. */
  readonly atomically: <A, E>(
    body: (executor: Executor) => Effect.Effect<A, E>,
  ) => Effect.Effect<A, E | StoreUnavailable>;
}
