import { makeKept, type Statement } from "@muster/store-kysely";
import type { Database, Statement as Prepared } from "better-sqlite3";

/** Sees what a connection does; for tests and logs. */
export interface Observer {
  /** Every statement that is run, `begin` and `commit` included. */
  readonly onStatement?: (sql: string) => void;
  /** Every text that is compiled: on a warm path none. */
  readonly onPrepare?: (sql: string) => void;
}

/** One connection with its prepared statements. Everything is synchronous and throws what better-sqlite3 throws. */
export interface Connection {
  readonly database: Database;
  /** Of a statement that answers no rows: none. */
  readonly all: (statement: Statement) => unknown[];
  readonly first: (statement: Statement) => unknown;
  /** Answers the number of rows written. */
  readonly run: (statement: Statement) => number;
  /** Runs a statement without parameters, e.g. `commit`. */
  readonly command: (sql: string) => void;
}

/** As many statements as are kept prepared. */
const keptStatements = 256;

export const makeConnection = (database: Database, observer: Observer): Connection => {
  const { onStatement, onPrepare } = observer;
  const kept = makeKept<string, Prepared>(keptStatements);

  const compile = (sql: string): Prepared => {
    onPrepare?.(sql);
    const prepared = database.prepare(sql);
    kept.set(sql, prepared);
    return prepared;
  };

  const prepared = (sql: string): Prepared => {
    onStatement?.(sql);
    return kept.get(sql) ?? compile(sql);
  };

  return {
    database,
    all: ({ sql, parameters }) => {
      const statement = prepared(sql);
      if (statement.reader) return statement.all(parameters);
      statement.run(parameters);
      return [];
    },
    first: ({ sql, parameters }) => prepared(sql).get(parameters),
    run: ({ sql, parameters }) => prepared(sql).run(parameters).changes,
    command: (sql) => void prepared(sql).run(),
  };
};
