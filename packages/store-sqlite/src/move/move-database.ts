import type { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Names, Statement } from "@muster/store-kysely";
import type { ColumnFact, MoveDatabase, Transacting } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import type { Connection } from "../connection.ts";
import { makeAccess } from "../executor.ts";
import { attempt, attemptPatiently } from "../waiting.ts";
import { moveSql } from "./move-sql.ts";

type Connect = (pragmas: readonly string[]) => Effect.Effect<Connection, StoreUnavailable, Scope.Scope>;

/** A file as a move uses it, through connections of the move's own. Undefined when there are no tables of ours in it. */
export const openMoveDatabase = (
  names: Names,
  connect: Connect,
): Effect.Effect<MoveDatabase | undefined, StoreUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const reader = yield* connect(["query_only = on"]);
    const database: MoveDatabase = {
      name: "sqlite",
      names,
      ...(yield* writing(connect, reader)),
      snapshot: makeSnapshot(yield* connect(["query_only = on"])),
      columns: columnsIn(names, reader),
      sql: moveSql(names),
    };
    return (yield* database.columns(["muster_migrations"])).length === 0 ? undefined : database;
  });

/** What refers to what holds on both sides of a move at the end of each step, not within one. */
const writing = Effect.fnUntraced(function* (connect: Connect, reader: Connection) {
  const writer = yield* connect(["foreign_keys = off", "synchronous = full", "trusted_schema = off"]);
  const { executor, whenIdle } = makeAccess(writer, reader);
  yield* Effect.addFinalizer(() => whenIdle(Effect.void));
  const alone: Transacting = executor.atomically;
  return { executor, alone };
});

/** In WAL mode a transaction that reads sees the file as it was when it began to read. */
const makeSnapshot = (connection: Connection): Transacting => {
  const gate = Semaphore.makeUnsafe(1);
  const inside: Executor = {
    all: <Row>(statement: Statement<Row>) => attempt(() => connection.all(statement) as readonly Row[]),
    first: <Row>(statement: Statement<Row>) => attempt(() => connection.first(statement) as Row | undefined),
    run: (statement) => attempt(() => connection.run(statement)),
    atomically: (body) => body(inside),
  };
  const begin = attemptPatiently(() => {
    connection.command("begin");
    try {
      connection.first({ sql: "select 1 from sqlite_master", parameters: [] });
    } catch (error) {
      connection.command("rollback");
      throw error;
    }
  });
  return (body) =>
    gate.withPermits(1)(
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          yield* begin;
          const exit = yield* Effect.exit(restore(Effect.suspend(() => body(inside))));
          yield* Effect.ignore(attempt(() => connection.command("rollback")));
          return yield* exit;
        }),
      ),
    );
};

interface FoundColumn {
  readonly bare: string;
  readonly name: string;
  readonly type: string;
  readonly pk: number;
  readonly hidden: number;
}

/** The type `any` of a strict table, and numbers with a fraction, are nothing that is moved. */
const kinds: ReadonlyMap<string, ColumnFact["kind"]> = new Map([
  ["text", "text"],
  ["integer", "integer"],
  ["int", "integer"],
  ["bigint", "integer"],
  ["blob", "bytes"],
]);

const columnsIn =
  (names: Names, reader: Connection): MoveDatabase["columns"] =>
  (tables) =>
    attemptPatiently(() => {
      const found = reader.all({
        sql: `select t.value ->> 0 as bare, c.name, lower(c.type) as type, c.pk, c.hidden
          from json_each(?) as t, pragma_table_xinfo(t.value ->> 1) as c`,
        parameters: [JSON.stringify(tables.map((bare) => [bare, names.nameOf(bare)]))],
      }) as FoundColumn[];
      return found.map(({ bare, name, type, pk, hidden }) => ({
        table: bare,
        name,
        kind: kinds.get(type) ?? type,
        keyPlace: pk,
        isGenerated: hidden > 1,
        isIdentity: false,
      }));
    });
