import type { UserSortField } from "@muster/core/ports";
import { sortColumns } from "./fields.ts";
import type { Probed } from "./list-queries.ts";
import type { Conjunct, Narrowing, Source, Test } from "./lowered.ts";

/** One way to look up everybody a condition may find, and what is left to test of them. */
export interface Narrowed {
  readonly narrowing: Narrowing;
  readonly rest: readonly Test[];
}

/** With what is known of the users to be looked up. */
export interface Known extends Narrowed {
  /** How many they are: at most, or exactly up to where the probe stopped. */
  readonly count: number;
  /** Which ones, as a JSON array, when they were probed. */
  readonly found?: string;
  /** The greatest number of theirs, when they were probed. */
  readonly last?: number;
}

export const narrowedOf = (conjuncts: readonly Conjunct[]): readonly Narrowed[] =>
  conjuncts.flatMap((conjunct) => {
    const { narrowing } = conjunct;
    if (narrowing === undefined) return [];
    const left = narrowing.fit === "exact" ? conjuncts.filter((other) => other !== conjunct) : conjuncts;
    return [{ narrowing, rest: left.map(({ test }) => test) }];
  });

/** Questions to the search index as tests, when nothing else narrows a list. */
export const onlySearches = (narrowed: readonly Narrowed[]): readonly Test[] => {
  const searches = narrowed.flatMap(({ narrowing: { source } }) =>
    source.kind === "search" ? { kind: "searched" as const, question: source.question } : [],
  );
  return searches.length === narrowed.length ? searches : [];
};

/** A way to look up no more than so many that needs no probe. */
export const sureOf = (narrowed: readonly Narrowed[], cap: number): Known | undefined => {
  const sure = narrowed.find(
    ({ narrowing: { atMost = Number.POSITIVE_INFINITY, source } }) => atMost <= cap && source.kind !== "union",
  );
  return sure === undefined ? undefined : { ...sure, count: sure.narrowing.atMost ?? 0 };
};

/** The one with the fewest users, given what a probe found of each; of those it did not count out, the sparsest. */
export const fewestOf = (narrowed: readonly Narrowed[], probed: readonly Probed[]): Known =>
  probed
    .flatMap(({ count, found, last }, index) => {
      const one = narrowed[index];
      if (one === undefined) return [];
      const isUnion = one.narrowing.source.kind === "union";
      return [{ ...one, count: Number(count), found: isUnion ? withoutRepeats(found) : found, last: Number(last) }];
    })
    .reduce((best, one) => (one.count < best.count || (one.count === best.count && one.last > best.last) ? one : best));

/** How far a walk is expected to go until it has met so many of them, since users are numbered as they come. */
export const entriesFor = (wanted: number, { count, last = Number.POSITIVE_INFINITY }: Known): number =>
  (wanted * last) / count;

/** A union finds a user once for each of its parts. */
const withoutRepeats = (found: string): string => JSON.stringify([...new Set(JSON.parse(found) as readonly number[])]);

/** Whether a source hands out its users in the order of a list. */
export const isInOrder = (source: Source, sortBy: UserSortField): boolean =>
  (source.kind === "mark" && sortBy === "createdAt") ||
  (source.kind === "range" && source.column === sortColumns[sortBy].key);
