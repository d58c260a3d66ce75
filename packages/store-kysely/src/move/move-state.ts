import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import type { CanonicalRow } from "./canonical.ts";
import { type Loosened, type MoveDatabase, statementFor } from "./movable.ts";
import { moveChanges, moveProgress, moveStates } from "./state-tables.ts";

/** What a database knows of a move that it has part in. */
export interface MoveState {
  readonly role: "source" | "target";
  /** Which move, the same on both sides. */
  readonly move: string;
  /** Source: `moving`, then `moved`. Target: `filling`, then `ready` once it holds everything. */
  readonly phase: "moving" | "moved" | "filling" | "ready";
  readonly at: Date;
  /** Of a target: statements that put back what it goes without while it is filled. */
  readonly back: Loosened["back"];
}

/** How far a table was copied. */
export interface TableProgress {
  readonly place: CanonicalRow | undefined;
  readonly isDone: boolean;
  readonly rows: number;
}

interface StateRow {
  readonly role: MoveState["role"];
  readonly move: string;
  readonly phase: MoveState["phase"];
  readonly at: number;
  readonly back: string;
}

/** Undefined when the database has no part in a move. */
export const findState: (database: MoveDatabase) => Effect.Effect<MoveState | undefined, StoreUnavailable> =
  Effect.fnUntraced(function* (database) {
    if (!(yield* has(database, moveStates))) return undefined;
    const row = yield* database.executor.first<StateRow>(
      statementFor(database, `select role, move, phase, at, back from ${moveStates}`),
    );
    if (row === undefined) return undefined;
    return { ...row, at: new Date(Number(row.at)), back: JSON.parse(row.back) as Loosened["back"] } satisfies MoveState;
  });

const has = (database: MoveDatabase, table: string): Effect.Effect<boolean, StoreUnavailable> =>
  Effect.map(database.columns([table]), (columns) => columns.length > 0);

/** Makes the tables in which a target remembers how far it is. */
export const beginTarget = (database: MoveDatabase, move: string): Effect.Effect<void, StoreUnavailable> =>
  database.executor.atomically((tx) =>
    Effect.gen(function* () {
      yield* tx.run(statementFor(database, createStates));
      yield* tx.run(statementFor(database, createProgress));
      yield* writeState(database, tx, { role: "target", move, phase: "filling", back: nothing });
    }),
  );

/** Makes the tables in which a source remembers that it is being moved, and collects what changes. */
export const beginSource = (database: MoveDatabase, move: string): Effect.Effect<void, StoreUnavailable> =>
  database.executor.atomically((tx) =>
    Effect.gen(function* () {
      yield* tx.run(statementFor(database, createStates));
      for (const sql of database.sql.createChanges) yield* tx.run({ sql, parameters: [] });
      yield* writeState(database, tx, { role: "source", move, phase: "moving", back: nothing });
    }),
  );

/** A database has part in one move at a time. */
export const writeState: (
  database: MoveDatabase,
  tx: Executor,
  state: Omit<MoveState, "at">,
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* (database, tx, { role, move, phase, back }) {
  yield* tx.run(statementFor(database, `delete from ${moveStates}`));
  yield* tx.run(
    statementFor(database, `insert into ${moveStates} (role, move, phase, at, back) values (?, ?, ?, ?, ?)`, [
      role,
      move,
      phase,
      Date.now(),
      JSON.stringify(back),
    ]),
  );
});

/** Forgets the move. */
export const dropState: (database: MoveDatabase, tx: Executor) => Effect.Effect<void, StoreUnavailable> =
  Effect.fnUntraced(function* (database, tx) {
    for (const table of [moveStates, moveProgress, moveChanges]) {
      if ((yield* database.columns([table])).length > 0) yield* tx.run(statementFor(database, `drop table ${table}`));
    }
  });

/** How far each table was copied, by name. A table that was not begun is not in it. */
export const findProgress = (
  database: MoveDatabase,
): Effect.Effect<ReadonlyMap<string, TableProgress>, StoreUnavailable> =>
  Effect.map(
    database.executor.all<{ name: string; place: string | null; is_done: number; rows: number }>(
      statementFor(database, `select name, place, is_done, rows from ${moveProgress}`),
    ),
    (found) =>
      new Map(
        found.map(({ name, place, is_done, rows }) => [
          name,
          {
            place: place === null ? undefined : (JSON.parse(place) as CanonicalRow),
            isDone: Number(is_done) === 1,
            rows: Number(rows),
          },
        ]),
      ),
  );

export const writeProgress = (
  database: MoveDatabase,
  tx: Executor,
  name: string,
  { place, isDone, rows }: TableProgress,
): Effect.Effect<void, StoreUnavailable> =>
  Effect.asVoid(
    tx.run(
      statementFor(
        database,
        `insert into ${moveProgress} (name, place, is_done, rows) values (?, ?, ?, ?)
         on conflict (name) do update set place = excluded.place, is_done = excluded.is_done, rows = excluded.rows`,
        [name, place === undefined ? null : JSON.stringify(place), isDone ? 1 : 0, rows],
      ),
    ),
  );

const nothing: Loosened["back"] = { indexes: [], rules: [] };

const createStates = `create table ${moveStates} (
  role text not null primary key, move text not null, phase text not null, at bigint not null, back text not null
)`;
const createProgress = `create table ${moveProgress} (
  name text not null primary key, place text, is_done integer not null, rows bigint not null
)`;
