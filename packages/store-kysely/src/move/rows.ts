import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { SearchKeys } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { type CanonicalRow, canonicalText, parameterOf, type Row } from "./canonical.ts";
import { type MoveDatabase, type MovedColumn, statementFor } from "./movable.ts";
import type { TablePlan } from "./table-plan.ts";

/** A key of a table in canonical form, as text. */
export type KeyText = string;

const quoted = (name: string): string => `"${name}"`;
const list = (columns: readonly MovedColumn[], prefix = ""): string =>
  columns.map(({ name }) => `${prefix}${quoted(name)}`).join(", ");
const jsonArray = (texts: readonly string[]): string => `[${texts.join(",")}]`;

/** Reads rows in an order that the database keeps, after a place in it. */
export const readRows = (
  database: MoveDatabase,
  executor: Executor,
  plan: TablePlan,
  order: readonly MovedColumn[],
  after: CanonicalRow | undefined,
  limit: number,
): Effect.Effect<readonly Row[], StoreUnavailable> => {
  const columns = list(plan.columns);
  const place = after === undefined ? "" : ` where (${list(order)}) > (${order.map(() => "?").join(", ")})`;
  // An entry of the feed has no number before it was read for the first time; then it is a change that is followed.
  const known =
    after === undefined ? ` where ${order.map(({ name }) => `${quoted(name)} is not null`).join(" and ")}` : "";
  return executor.all<Row>(
    statementFor(
      database,
      `select ${columns} from ${plan.name}${place}${known} order by ${list(order)} limit ${limit}`,
      after === undefined ? [] : order.map((column) => parameterOf(column, after[column.name])),
    ),
  );
};

/** Counts the rows that have a key. */
export const countRows = (
  database: MoveDatabase,
  executor: Executor,
  plan: Pick<TablePlan, "name" | "key">,
): Effect.Effect<number, StoreUnavailable> =>
  Effect.map(
    executor.first<{ readonly count: number }>(
      statementFor(
        database,
        `select count(*) as count from ${plan.name} where ${plan.key.map(({ name }) => `${quoted(name)} is not null`).join(" and ")}`,
      ),
    ),
    (row) => Number(row?.count ?? 0),
  );

/** Finds rows by their keys. */
export const findRows = (
  database: MoveDatabase,
  executor: Executor,
  plan: TablePlan,
  columns: readonly MovedColumn[],
  keys: readonly KeyText[],
): Effect.Effect<readonly Row[], StoreUnavailable> =>
  keys.length === 0
    ? Effect.succeed([])
    : executor.all<Row>(
        statementFor(
          database,
          // In this order of the tables: each key is looked up.
          `select ${list(columns, "t.")} from ${database.sql.records(plan.key)} as k cross join ${plan.name} as t
           where ${plan.key.map(({ name }) => `t.${quoted(name)} = k.${quoted(name)}`).join(" and ")}`,
          [jsonArray(keys)],
        ),
      );

/** Writes rows over what is there with the same keys. */
export const putRows: (
  database: MoveDatabase,
  tx: Executor,
  plan: TablePlan,
  rows: readonly string[],
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* (database, tx, plan, rows) {
  if (rows.length === 0) return;
  const { sql } = database;
  const isKey = (name: string): boolean => plan.targetOrder.some((column) => column.name === name);
  const others = plan.columns.filter(({ name }) => !isKey(name) && !plan.identities.includes(name));
  const assignments = others.map(({ name }) => `${quoted(name)} = excluded.${quoted(name)}`).join(", ");
  const keep = searchKeeping(database, tx, plan);
  if (keep !== undefined) yield* keep.before(rows);
  yield* tx.run(
    statementFor(
      database,
      `insert into ${plan.name} (${list(plan.columns)})${sql.overriding} select ${list(plan.columns)} from ${sql.records(plan.columns)} as r
       where true on conflict (${list(plan.targetOrder)}) do ${assignments === "" ? "nothing" : `update set ${assignments}`}`,
      [jsonArray(rows)],
    ),
  );
  if (keep !== undefined) yield* keep.after(rows);
});

/** Removes rows by their keys, if they are there. */
export const removeRows: (
  database: MoveDatabase,
  tx: Executor,
  plan: TablePlan,
  keys: readonly KeyText[],
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* (database, tx, plan, keys) {
  if (keys.length === 0) return;
  const keep = searchKeeping(database, tx, plan);
  if (keep !== undefined) yield* keep.before(keys);
  yield* tx.run(
    statementFor(
      database,
      `delete from ${plan.name} where (${list(plan.key)}) in (select ${list(plan.key)} from ${database.sql.records(plan.key)} as k)`,
      [jsonArray(keys)],
    ),
  );
  if (keep !== undefined) yield* keep.after([]);
});

/** The key of a row. */
export const keyTextOf = (plan: TablePlan, row: Row): KeyText => canonicalText(plan.key, row);

const searchColumns: readonly (keyof SearchKeys)[] = [
  "username_key",
  "email_key",
  "first_name_key",
  "last_name_key",
  "display_name_key",
];
interface Searched {
  readonly seq: number;
  readonly keys: SearchKeys;
}

/** What keeps a search index true that the database does not keep itself: told of rows before and after they change. */
const searchKeeping = (database: MoveDatabase, tx: Executor, plan: TablePlan) => {
  const { keepSearch } = database.sql;
  if (!plan.isSearched || keepSearch === undefined) return undefined;
  const columns = [...plan.key, ...searchColumns.map((name): MovedColumn => ({ name, kind: "text" }))];
  const known = new Map<number, SearchKeys>();
  return {
    before: (rows: readonly string[]) =>
      Effect.map(
        findRows(
          database,
          tx,
          plan,
          columns,
          rows.map((row) => canonicalText(plan.key, rowIn(row))),
        ),
        (found) => {
          for (const { seq, keys } of found.map(searchedIn)) known.set(seq, keys);
        },
      ),
    after: Effect.fnUntraced(function* (rows: readonly string[]) {
      for (const { seq, keys } of rows.map((row) => searchedIn(rowIn(row)))) {
        const before = known.get(seq);
        known.delete(seq);
        if (before !== undefined && searchColumns.every((column) => before[column] === keys[column])) continue;
        for (const statement of keepSearch(seq, before, keys)) yield* tx.run(statement);
      }
      for (const [seq, keys] of known)
        for (const statement of keepSearch(seq, keys, undefined)) yield* tx.run(statement);
    }),
  };
};

const rowIn = (text: string): Row => JSON.parse(text);

const searchedIn = (row: Row): Searched => ({
  seq: Number(row.seq),
  keys: {
    username_key: String(row.username_key),
    email_key: String(row.email_key),
    first_name_key: String(row.first_name_key),
    last_name_key: String(row.last_name_key),
    display_name_key: String(row.display_name_key),
  },
});
