import { createHash } from "node:crypto";
import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import { type CanonicalRow, canonicalRow, type Row } from "./canonical.ts";
import { applyChanges, forgetChanges } from "./changes.ts";
import { compareRows, differing } from "./compare.ts";
import type { StoresDiffer } from "./errors.ts";
import type { Move } from "./move.ts";
import { breathe } from "./pace.ts";
import { countRows, findRows, keyTextOf, readRows } from "./rows.ts";
import type { TablePlan } from "./table-plan.ts";

/** What was found the same on both sides. */
export interface Checked {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over all rows in canonical form, in the source's order: computed from both sides. */
  readonly checksum: string;
}

/** Brings the target to one moment of the source and compares every row of both. */
export const verifyAll: (move: Move) => Effect.Effect<readonly Checked[], StoreUnavailable | StoresDiffer> =
  Effect.fnUntraced(function* (move) {
    return yield* move.source.snapshot((read) =>
      Effect.gen(function* () {
        yield* applyChanges(move, read, move.plans, false);
        yield* forgetChanges(move, read);
        let total = 0;
        for (const plan of move.plans) total += yield* countRows(move.source, read, plan);
        move.progress.begin("verify", total);
        const checked: Checked[] = [];
        for (const plan of move.plans) checked.push(yield* verifyTable(move, read, plan));
        return checked;
      }),
    );
  });

/**
 * Compares every row of a table, batch by batch: those of the source with those of the same keys in the target, then
 * the number of rows. The target is to be what the source is at the moment that `read` sees.
 */
const verifyTable = Effect.fnUntraced(function* (move: Move, read: Executor, plan: TablePlan) {
  const { source, batchRows, progress } = move;
  const [here, there] = [createHash("sha256"), createHash("sha256")];
  let rows = 0;
  let place: CanonicalRow | undefined;
  while (true) {
    const batch: readonly Row[] = yield* readRows(source, read, plan, plan.order, place, batchRows);
    const last = batch.at(-1);
    if (last === undefined) break;
    const pairs = yield* compareRows(move, plan, batch);
    for (const { ours, theirs } of pairs) {
      here.update(ours);
      there.update(theirs);
    }
    rows += batch.length;
    place = canonicalRow(plan.order, last);
    progress.advance(plan.name, batch.length);
    yield* breathe;
    if (batch.length < batchRows) break;
  }
  const checksum = here.digest("hex");
  if (there.digest("hex") !== checksum) return yield* Effect.die(new Error(`Checksums of ${plan.name} differ.`));
  yield* refuseSurplus(move, read, plan, rows);
  return { table: plan.name, rows, checksum } satisfies Checked;
});

/** All rows of the source are in the target: when the target has as many, it has no others. */
const refuseSurplus = Effect.fnUntraced(function* (move: Move, read: Executor, plan: TablePlan, expected: number) {
  const { source, target, batchRows } = move;
  if ((yield* countRows(target, target.executor, plan)) === expected) return;
  let place: CanonicalRow | undefined;
  while (true) {
    const batch: readonly Row[] = yield* readRows(target, target.executor, plan, plan.targetOrder, place, batchRows);
    const last = batch.at(-1);
    if (last === undefined) return yield* Effect.die(new Error(`Rows of ${plan.name} were counted wrong.`));
    const keys = batch.map((row) => keyTextOf(plan, row));
    const known = new Set((yield* findRows(source, read, plan, plan.key, keys)).map((row) => keyTextOf(plan, row)));
    const surplus = keys.find((key) => !known.has(key));
    if (surplus !== undefined) return yield* differing(plan, surplus, "surplus");
    place = canonicalRow(plan.targetOrder, last);
    yield* breathe;
  }
});
