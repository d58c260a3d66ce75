import type * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";

/** Whose access may have changed. */
export interface AccessChange {
  readonly tenant: string;
  readonly userId: string;
}

/**
 * Stands in the feed when the keys of access tokens changed: every process reads them again, and looks at every token it
 * remembers anew. No tenant has this name.
 */
export const everyToken: AccessChange = { tenant: "*", userId: "*" };

/** What was appended since a cursor. */
export interface AccessChangesPage {
  /** Where to go on reading. */
  readonly cursor: number;
  readonly changes: readonly AccessChange[];
  /** Entries after the given cursor may have been pruned: forget everything that was remembered. */
  readonly gap: boolean;
}

/**
 * A feed that tells every process on the database whose sessions, status or role changed, so that it forgets what it
 * remembers of that user's tokens. Appended in the transaction of the change: read by nobody before it is committed,
 * and by everybody who asks after.
 */
export interface AccessChanges {
  readonly append: (change: AccessChange, at: Date) => Effect.Effect<void, StoreUnavailable>;

  /** The end of the feed, for a process that remembers nothing yet. */
  readonly latest: () => Effect.Effect<number, StoreUnavailable>;

  /** Everything appended after `cursor`, in order, each at least once. */
  readonly since: (cursor: number) => Effect.Effect<AccessChangesPage, StoreUnavailable>;

  /** Drops entries older than an instant; a reader that had not seen them is told of the gap. */
  readonly prune: (before: Date) => Effect.Effect<void, StoreUnavailable>;
}
