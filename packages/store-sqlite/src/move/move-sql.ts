import { type Executor, type Names, quoted, type SchemaObject } from "@muster/store-kysely";
import { type MovedColumn, type MoveSql, moveChanges } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import { movedAway } from "../failures.ts";
import { keepSearch } from "../search.ts";

/** What SQLite is told in a move. */
export const moveSql = (names: Names): MoveSql => {
  const { qualified } = names;
  const changes = qualified(moveChanges);
  const triggers = (table: string) => operations.map((operation) => triggerName(names, table, operation));
  return {
    records: (columns) => `(select ${columns.map(cell).join(", ")} from json_each(?))`,
    overriding: "",
    createChanges: [`create table ${changes} (id integer primary key, name text not null, key text not null) strict`],
    beforeFollowing: [],
    follow: (table, key) =>
      operations.map((operation) => {
        const entry = (row: "old" | "new"): string =>
          `select '${table}', ${keyOf(row, key)} where ${key.map(({ name }) => `${row}.${quoted(name)} is not null`).join(" and ")}`;
        const entries = rowsOf[operation].map(entry).join(" union ");
        return `create trigger if not exists ${triggerName(names, table, operation)} after ${operation} on ${qualified(table)}
          begin insert into ${changes} (name, key) ${entries}; end`;
      }),
    seal: (tables) =>
      tables.flatMap((table) => [
        ...triggers(table).map((trigger) => `drop trigger if exists ${trigger}`),
        ...operations.map(
          (operation) =>
            `create trigger ${triggerName(names, table, operation)} before ${operation} on ${qualified(table)}
             begin select raise(abort, '${movedAway}'); end`,
        ),
      ]),
    release: (tables) => tables.flatMap(triggers).map((trigger) => `drop trigger if exists ${trigger}`),
    empty: (tables) => [
      ...tables.toReversed().map((table) => `delete from ${qualified(table)}`),
      `insert into ${qualified("muster_user_search")} (${qualified("muster_user_search")}) values ('delete-all')`,
    ],
    advance: () => [],
    settle: [],
    loosen: (executor, tables) => rulesOf(names, executor, tables),
    keepSearch: keepSearch(names),
  };
};

const operations = ["insert", "update", "delete"] as const;
type Operation = (typeof operations)[number];

/** Which rows of a trigger have keys that are to be remembered. */
const rowsOf: { readonly [Each in Operation]: readonly ("old" | "new")[] } = {
  insert: ["new"],
  update: ["old", "new"],
  delete: ["old"],
};

const triggerName = ({ qualified }: Names, table: string, operation: Operation): string =>
  qualified(table.replace("muster_", "muster_move_").concat("_", operation));

const keyOf = (row: string, key: readonly MovedColumn[]): string =>
  `json_object(${key
    .map(({ name, kind }) => {
      const value = `${row}.${quoted(name)}`;
      return `'${name}', ${kind === "bytes" ? `hex(${value})` : value}`;
    })
    .join(", ")})`;

const cell = ({ name, kind }: MovedColumn): string => {
  const value = `value ->> '$.${name}'`;
  return `${kind === "bytes" ? `unhex(${value})` : value} as ${quoted(name)}`;
};

const rulesOf = (names: Names, executor: Executor, tables: readonly string[]) =>
  Effect.map(
    executor.all<SchemaObject>({
      sql: `select name, sql from sqlite_master
        where type = 'trigger' and tbl_name collate nocase in (select value from json_each(?)) order by name`,
      parameters: [JSON.stringify(tables.map(names.nameOf))],
    }),
    (found) => ({
      away: found.map(({ name }) => `drop trigger ${quoted(name)}`),
      back: { indexes: [], rules: found.map(({ sql }) => sql) },
    }),
  );
