import { createHash } from "node:crypto";

/** Where our tables are. */
export interface Names {
  readonly schema: string;
  /** A table, index or function of ours with its schema in front, quoted. */
  readonly qualified: (name: string) => string;
  /** SQL in which our tables and functions stand bare, and parameters as `?`, as this database is to get it. */
  readonly written: (sql: string) => string;
  /** Names the advisory lock under which the schema is changed. */
  readonly lockKey: bigint;
}

export const namesIn = (schema: string): Names => {
  const qualified = (name: string): string => `${quoted(schema)}.${quoted(name)}`;
  return {
    schema,
    qualified,
    written: (sql) => {
      let parameters = 0;
      return sql
        .replace(afterKeyword, (_, keyword: string, name: string) => `${keyword} ${qualified(name)}`)
        .replaceAll("?", () => `$${++parameters}`);
    },
    lockKey: createHash("sha256").update(`muster/${schema}`).digest().readBigInt64BE(),
  };
};

/** What in front of a name says that it is looked up in a schema. An index is made in the schema of its table. */
const afterKeyword = /\b(table|from|join|into|update|on|references|function)\s+(muster_\w+)/g;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
