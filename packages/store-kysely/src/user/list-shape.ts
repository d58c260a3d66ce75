import type { UserSortField } from "@muster/core/ports";
import type { Source, Test } from "./lowered.ts";

/** Everything that decides the SQL of a list; two lists of one shape differ in values alone. */
export interface ListShape {
  readonly sortBy: UserSortField;
  readonly descending: boolean;
  /** Whether it goes on after a place. */
  readonly isContinued: boolean;
  readonly isOffset: boolean;
  /** Whether a walk gives up after as many entries of its index as a list may have candidates. */
  readonly isBounded: boolean;
  readonly tests: readonly Test[];
  /** Where the rows are looked up; for a walk, an index in the order of the list instead of the sort index. */
  readonly source: Source | undefined;
}

/** Everything that decides the SQL of a count. */
export interface CountShape {
  readonly tests: readonly Test[];
  readonly source: Source | undefined;
  readonly isCapped: boolean;
}
