import type { UserSortField } from "@muster/core/ports";
import { sortColumns } from "./fields.ts";
import type { Conjunct, Narrowing, Source, Test } from "./lowered.ts";

/** One way to look up everybody a condition may find, and what is left to test of them. */
export interface Narrowed {
  readonly narrowing: Narrowing;
  readonly rest: readonly Test[];
}

/** With the number of users to be looked up, exact up to the cap of the probe. */
export interface Known extends Narrowed {
  readonly count: number;
}

export const narrowedOf = (conjuncts: readonly Conjunct[]): readonly Narrowed[] =>
  conjuncts.flatMap((conjunct) => {
    const { narrowing } = conjunct;
    if (narrowing === undefined) return [];
    const left = narrowing.isExact ? conjuncts.filter((other) => other !== conjunct) : conjuncts;
    return [{ narrowing, rest: left.map(({ test }) => test) }];
  });

/** The one with the fewest users. */
export const chosenOf = (narrowed: readonly Narrowed[], counts: readonly number[]): Known | undefined => {
  const count = Math.min(...counts);
  const chosen = narrowed[counts.indexOf(count)];
  return chosen === undefined ? undefined : { ...chosen, count };
};

/** Whether a source hands out its users in the order of a list. */
export const isInOrder = (source: Source, sortBy: UserSortField): boolean =>
  (source.kind === "mark" && sortBy === "createdAt") ||
  (source.kind === "range" && source.column === sortColumns[sortBy].key);
