import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import { canonicalRow, canonicalText, type Row } from "./canonical.ts";
import { applyChanges, forgetChanges } from "./changes.ts";
import type { StoresDiffer } from "./errors.ts";
import type { Move } from "./move.ts";
import { findProgress, type TableProgress, writeProgress } from "./move-state.ts";
import { breathe } from "./pace.ts";
import { countRows, putRows, readRows } from "./rows.ts";
import type { TablePlan } from "./table-plan.ts";

/** A source is read at one moment for so long at most: a database keeps for a reader what others throw away. */
const roundMilliseconds = 10_000;

/**
 * Copies every table, in rounds. Each round sees the source at one moment: it first brings what was copied before to
 * that moment, then copies on. So the target never holds rows of two moments, and what refers to others finds them.
 */
export const copyTables: (move: Move) => Effect.Effect<void, StoreUnavailable | StoresDiffer> = Effect.fnUntraced(
  function* (move) {
    const { source, plans, progress } = move;
    let total = 0;
    for (const plan of plans) total += yield* countRows(source, source.executor, plan);
    const before = yield* findProgress(move.target);
    progress.begin(
      "copy",
      total,
      [...before.values()].reduce((sum, { rows }) => sum + rows, 0),
    );
    while (!(yield* source.snapshot((read) => copyRound(move, read))));
  },
);

/** Answers whether everything is copied. */
const copyRound = Effect.fnUntraced(function* (move: Move, read: Executor) {
  const done = yield* findProgress(move.target);
  const begun = move.plans.filter(({ name }) => done.has(name));
  yield* applyChanges(move, read, begun, false);
  yield* forgetChanges(move, read);
  const until = performance.now() + roundMilliseconds;
  for (const plan of move.plans) {
    const isWhole = yield* copyTable(move, read, plan, done.get(plan.name), until);
    if (!isWhole) return false;
  }
  return true;
});

/** Answers whether the table is copied to its end. */
const copyTable = Effect.fnUntraced(function* (
  move: Move,
  reader: Executor,
  plan: TablePlan,
  begun: TableProgress | undefined,
  until: number,
) {
  const { source, target, batchRows, progress } = move;
  let state: TableProgress = begun ?? { place: undefined, isDone: false, rows: 0 };
  const read = (place: TableProgress["place"]) => readRows(source, reader, plan, plan.order, place, batchRows);
  let batch: readonly Row[] = state.isDone ? [] : yield* read(state.place);
  while (!state.isDone) {
    if (performance.now() >= until) return false;
    const last = batch.at(-1);
    const next: TableProgress = {
      place: last === undefined ? state.place : canonicalRow(plan.order, last),
      isDone: batch.length < batchRows,
      rows: state.rows + batch.length,
    };
    const texts = batch.map((row) => canonicalText(plan.columns, row));
    const written = target.executor.atomically((tx) =>
      Effect.andThen(putRows(target, tx, plan, texts), writeProgress(target, tx, plan.name, next)),
    );
    progress.advance(plan.name, batch.length);
    // One side reads while the other writes.
    const ahead = next.isDone ? Effect.succeed([]) : Effect.andThen(breathe, read(next.place));
    [, batch] = yield* Effect.all([written, ahead], { concurrency: 2 });
    state = next;
    yield* breathe;
  }
  return true;
});
