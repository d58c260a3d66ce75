import { createRequire } from "node:module";

interface Database {
  readonly prepare: (statement: string) => { readonly all: () => Record<string, unknown>[] };
  readonly exec: (statement: string) => void;
  readonly close: () => void;
}

// Core does not depend on the driver; the store does.
const load = createRequire(new URL("../../../store-sqlite/src/index.ts", import.meta.url));
const Driver: new (file: string, options?: { readonly readonly: boolean }) => Database = load("better-sqlite3");

/** A value in a SQLite file, and where it was found. */
export interface Cell {
  readonly table: string;
  readonly column: string;
  readonly value: unknown;
}

/** Everything that stands in a SQLite file, whatever its tables. */
export const cellsOf = (file: string): readonly Cell[] => {
  const database = new Driver(file, { readonly: true });
  try {
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all();
    return tables.flatMap(({ name: table }) =>
      database
        .prepare(`select * from "${table}"`)
        .all()
        .flatMap((row) => Object.entries(row).map(([column, value]) => ({ table: String(table), column, value }))),
    );
  } finally {
    database.close();
  }
};

/** Takes a table out of a file from under whoever uses it. */
export const dropTable = (file: string, table: string): void =>
  changeFile(file, `pragma foreign_keys = off; drop table "${table}"`);

/** What the application does in its own database file. */
export const changeFile = (file: string, statements: string): void => {
  const database = new Driver(file);
  try {
    database.exec(statements);
  } finally {
    database.close();
  }
};
