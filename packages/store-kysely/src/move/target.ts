import { randomUUID } from "node:crypto";
import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import { MoveRefused, TargetNotEmpty } from "./errors.ts";
import { type MoveDatabase, statementFor } from "./movable.ts";
import { beginTarget, dropState, findProgress, findState, type MoveState, writeState } from "./move-state.ts";
import { movedTables } from "./moved-tables.ts";
import type { TablePlan } from "./table-plan.ts";

const names: readonly string[] = movedTables.map(({ name }) => name);

/** Finds the move that fills a target, or begins one if the target is empty, or is what the source was moved from. */
export const enterTarget: (
  source: MoveDatabase,
  target: MoveDatabase,
) => Effect.Effect<MoveState, StoreUnavailable | MoveRefused | TargetNotEmpty> = Effect.fnUntraced(
  function* (source, target) {
    const state = yield* findState(target);
    if (state?.role === "target") return state;
    if (state?.phase === "moving") {
      return yield* new MoveRefused({ reason: "The database to move to is being moved itself: let that end first." });
    }
    if (state !== undefined) yield* emptyMoved(source, target);
    const table = yield* firstFilled(target);
    if (table !== undefined) return yield* new TargetNotEmpty({ table });
    yield* beginTarget(target, randomUUID());
    const begun = yield* findState(target);
    return begun ?? (yield* Effect.die(new Error("The state of the move was not written.")));
  },
);

/** The first table that holds rows. */
export const firstFilled: (database: MoveDatabase) => Effect.Effect<string | undefined, StoreUnavailable> =
  Effect.fnUntraced(function* (database) {
    const there = new Set((yield* database.columns(names)).map(({ table }) => table));
    for (const name of names.filter((each) => there.has(each))) {
      const row = yield* database.executor.first(statementFor(database, `select 1 as one from ${name} limit 1`));
      if (row !== undefined) return name;
    }
    return undefined;
  });

/** What was moved away may be overwritten by what came of it: both have the same keys. */
const emptyMoved = Effect.fnUntraced(function* (source: MoveDatabase, target: MoveDatabase) {
  if (!(yield* isKin(source, target))) {
    return yield* new MoveRefused({
      reason: "The database to move to holds users of another installation, which were moved elsewhere.",
    });
  }
  yield* clear(target);
});

/** By the keys that stay: those of access tokens come and go. */
const isKin = Effect.fnUntraced(function* (one: MoveDatabase, other: MoveDatabase) {
  const keysOf = (database: MoveDatabase) =>
    database.executor.all<{ readonly id: string }>(
      statementFor(database, "select id from muster_keys where purpose <> ?", ["access_token"]),
    );
  const known = new Set((yield* keysOf(one)).map(({ id }) => id));
  return (yield* keysOf(other)).every(({ id }) => known.has(id));
});

/** Empties a database that has part in a move, and makes it one that has not. */
export const clear: (database: MoveDatabase) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(
  function* (database) {
    const state = yield* findState(database);
    const { sql, executor } = database;
    yield* executor.atomically((tx) =>
      Effect.gen(function* () {
        for (const statement of sql.release(names)) yield* tx.run({ sql: statement, parameters: [] });
        for (const statement of sql.empty(names)) yield* tx.run({ sql: statement, parameters: [] });
        for (const back of [...(state?.back.indexes ?? []), ...(state?.back.rules ?? [])]) {
          yield* tx.run({ sql: back, parameters: [] });
        }
        yield* dropState(database, tx);
      }),
    );
  },
);

/** Takes away what is in the way of filling a target; what it was is remembered in the target. */
export const loosen: (target: MoveDatabase, state: MoveState) => Effect.Effect<void, StoreUnavailable> =
  Effect.fnUntraced(function* (target, state) {
    if (state.back.rules.length > 0) return;
    const isEmpty = (yield* findProgress(target)).size === 0;
    const { away, back } = yield* target.sql.loosen(target.executor, names, isEmpty);
    yield* target.executor.atomically((tx) =>
      Effect.gen(function* () {
        yield* writeState(target, tx, { ...state, phase: "filling", back });
        for (const sql of away) yield* tx.run({ sql, parameters: [] });
      }),
    );
  });

/** Builds the indexes that were left out while rows came in great numbers. */
export const buildIndexes: (target: MoveDatabase) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(
  function* (target) {
    const state = yield* findState(target);
    if (state === undefined || state.back.indexes.length === 0) return;
    yield* target.executor.atomically((tx) =>
      Effect.gen(function* () {
        for (const sql of state.back.indexes) yield* tx.run({ sql, parameters: [] });
        yield* writeState(target, tx, { ...state, back: { ...state.back, indexes: [] } });
      }),
    );
  },
);

/** Makes a target that holds everything a database like any other, but for the state that keeps it shut. */
export const finishTarget = (
  target: MoveDatabase,
  plans: readonly TablePlan[],
  state: MoveState,
  rules: readonly string[],
): Effect.Effect<void, StoreUnavailable> =>
  target.executor.atomically((tx: Executor) =>
    Effect.gen(function* () {
      for (const { name, identities } of plans) {
        for (const column of identities) {
          for (const sql of target.sql.advance(name, column)) yield* tx.first({ sql, parameters: [] });
        }
      }
      for (const sql of rules) yield* tx.run({ sql, parameters: [] });
      yield* writeState(target, tx, { ...state, phase: "ready", back: { indexes: [], rules: [] } });
    }),
  );
