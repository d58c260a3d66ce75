import type { UserSortField } from "@muster/core/ports";
import { sortColumns } from "./fields.ts";
import type { Conjunct, Narrowing, Source, Test } from "./lowered.ts";

/** One way to look up everybody a condition may find, and what is left to test of them. */
export interface Narrowed {
  readonly narrowing: Narrowing;
  readonly rest: readonly Test[];
}

/** With what is known of the users to be looked up. */
export interface Known extends Narrowed {
  /** How many they are, at most; exact up to the cap when it was probed. */
  readonly count: number;
  /** Which ones, as a JSON array, when they were probed and are within the cap. */
  readonly found?: string;
}

export const narrowedOf = (conjuncts: readonly Conjunct[]): readonly Narrowed[] =>
  conjuncts.flatMap((conjunct) => {
    const { narrowing } = conjunct;
    if (narrowing === undefined) return [];
    const left = narrowing.isExact ? conjuncts.filter((other) => other !== conjunct) : conjuncts;
    return [{ narrowing, rest: left.map(({ test }) => test) }];
  });

/** The one with the fewest users, given what a probe found of each. */
export const fewestOf = (
  narrowed: readonly Narrowed[],
  probed: readonly { readonly count: number; readonly found: string }[],
): Known | undefined => {
  const counts = probed.map(({ count }) => Number(count));
  const count = Math.min(...counts);
  const index = counts.indexOf(count);
  const [chosen, row] = [narrowed[index], probed[index]];
  if (chosen === undefined || row === undefined) return undefined;
  const isUnion = chosen.narrowing.source.kind === "union";
  return { ...chosen, count, found: isUnion ? withoutRepeats(row.found) : row.found };
};

/** A union finds a user once for each of its parts. */
const withoutRepeats = (found: string): string => JSON.stringify([...new Set(JSON.parse(found) as readonly number[])]);

/** Whether a source hands out its users in the order of a list. */
export const isInOrder = (source: Source, sortBy: UserSortField): boolean =>
  (source.kind === "mark" && sortBy === "createdAt") ||
  (source.kind === "range" && source.column === sortColumns[sortBy].key);
