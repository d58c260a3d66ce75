import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import { canonicalText, type Row } from "./canonical.ts";
import { StoresDiffer } from "./errors.ts";
import type { Move } from "./move.ts";
import { findRows, type KeyText, keyTextOf } from "./rows.ts";
import type { TablePlan } from "./table-plan.ts";

/** A row of the source and that of the target, in canonical form. */
export interface Pair {
  readonly ours: string;
  readonly theirs: string;
}

/** Fails when rows of the source are not the same in the target. Answers both in canonical form. */
export const compareRows: (
  move: Move,
  plan: TablePlan,
  rows: readonly Row[],
) => Effect.Effect<readonly Pair[], StoreUnavailable | StoresDiffer> = Effect.fnUntraced(function* (
  { target },
  plan,
  rows,
) {
  const keys = rows.map((row) => keyTextOf(plan, row));
  const found = yield* findRows(target, target.executor, plan, plan.columns, keys);
  const theirs = new Map(found.map((row) => [keyTextOf(plan, row), canonicalText(plan.columns, row)]));
  const pairs: Pair[] = [];
  for (const [index, row] of rows.entries()) {
    const key = keys[index] ?? "";
    const [mine, other] = [canonicalText(plan.columns, row), theirs.get(key)];
    if (mine === other) pairs.push({ ours: mine, theirs: other });
    else return yield* differing(plan, key, other === undefined ? "missing" : "different");
  }
  return pairs;
});

/** Fails unless exactly these rows of the source have these keys in the target. */
export const compareKeys: (
  move: Move,
  plan: TablePlan,
  keys: readonly KeyText[],
  rows: readonly Row[],
) => Effect.Effect<void, StoreUnavailable | StoresDiffer> = Effect.fnUntraced(function* (move, plan, keys, rows) {
  yield* compareRows(move, plan, rows);
  const present = new Set(rows.map((row) => keyTextOf(plan, row)));
  const gone = keys.filter((key) => !present.has(key));
  const [surplus] = yield* findRows(move.target, move.target.executor, plan, plan.key, gone);
  if (surplus !== undefined) return yield* differing(plan, keyTextOf(plan, surplus), "surplus");
});

export const differing = (
  { name }: TablePlan,
  key: KeyText,
  kind: StoresDiffer["kind"],
): Effect.Effect<never, StoresDiffer> => Effect.fail(new StoresDiffer({ table: name, key, kind }));
