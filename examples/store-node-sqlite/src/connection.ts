import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { StoreUnavailable } from "@muster/core/ports";
import { makeKept, type Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { patiently } from "./failures.ts";

/** One connection with its prepared statements. Everything is synchronous and throws what `node:sqlite` throws. */
export interface Connection {
  readonly database: DatabaseSync;
  readonly all: <Row>(statement: Statement<Row>) => readonly Row[];
  readonly first: <Row>(statement: Statement<Row>) => Row | undefined;
  readonly run: (statement: Statement) => number;
}

/** A connection that closes with the scope. */
export const openConnection = (
  path: string,
  pragmas: readonly string[],
): Effect.Effect<Connection, StoreUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    patiently(() => connect(path, pragmas)),
    ({ database }) => Effect.sync(() => database.close()),
  );

const connect = (path: string, pragmas: readonly string[]): Connection => {
  // Zero: SQLite's own wait for a lock would block the whole process. We wait ourselves, and the process goes on.
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    for (const pragma of pragmas) database.exec(`pragma ${pragma}`);
  } catch (error) {
    database.close();
    throw error;
  }
  // The texts of lists are endless in number: keep the ones last used.
  const kept = makeKept<string, StatementSync>(256);
  const prepared = (sql: string): StatementSync => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    kept.set(sql, made);
    return made;
  };
  const valuesOf = ({ parameters }: Statement) => parameters as readonly SQLInputValue[];
  const rowsOf = (statement: Statement): readonly unknown[] => prepared(statement.sql).all(...valuesOf(statement));
  const rowOf = (statement: Statement): unknown => prepared(statement.sql).get(...valuesOf(statement));
  return {
    database,
    all: <Row>(statement: Statement<Row>) => rowsOf(statement) as readonly Row[],
    first: <Row>(statement: Statement<Row>) => rowOf(statement) as Row | undefined,
    run: (statement) => Number(prepared(statement.sql).run(...valuesOf(statement)).changes),
  };
};
