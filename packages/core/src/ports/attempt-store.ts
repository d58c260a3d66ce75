import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";

/**
 * Names what failures are counted for: a login from an address, a login from anywhere, or an address whatever is tried.
 * Both are keyed hashes of 32 bytes, so that the table shows neither; what is left open is empty.
 */
export interface AttemptKey {
  readonly login: Uint8Array;
  readonly address: Uint8Array;
}

/** How long failures in a row make wait. */
export interface AttemptRule {
  /** The failure from which on there is a wait: at least 2. */
  readonly from: number;
  /** The first wait; each failure after it doubles it. */
  readonly firstWaitMilliseconds: number;
  readonly longestWaitMilliseconds: number;
  /** The failure from which on the wait is `ceilingWaitMilliseconds`. */
  readonly ceiling: number;
  readonly ceilingWaitMilliseconds: number;
  /** So long after the end of the last wait the failures are forgotten. */
  readonly forgetMilliseconds: number;
}

/** What is known of a key. */
export interface AttemptState {
  readonly key: AttemptKey;
  /** Failures in a row, those that are to be forgotten by now among them. */
  readonly failures: number;
  /** When the last one was counted. */
  readonly failedAt: Date;
  /** How long it makes wait; 0 for not at all. The wait is over at its end. */
  readonly waitMilliseconds: number;
  /** Until when a success makes the key a familiar one; null without any. */
  readonly familiarUntil: Date | null;
}

/** Failed attempts to get in. */
export interface AttemptStore {
  /**
   * What is known of a key, of its login from anywhere, and of its address whatever is tried there; in no order, and nothing
   * of what was never counted for.
   */
  readonly find: (tenant: string, key: AttemptKey) => Effect.Effect<readonly AttemptState[], StoreUnavailable>;

  /**
   * Counts a failure and answers the state after it, in one atomic statement: of many callers each gets a number of its
   * own. None while there is a wait: nothing is counted then, and the wait grows no longer.
   */
  readonly recordFailure: (
    tenant: string,
    key: AttemptKey,
    rule: AttemptRule,
    at: Date,
  ) => Effect.Effect<Option.Option<AttemptState>, StoreUnavailable>;

  /**
   * Forgets the failures of a key and makes it familiar, in one atomic statement; false, and nothing is done, while there is
   * a wait.
   */
  readonly recordSuccess: (
    tenant: string,
    key: AttemptKey,
    familiarUntil: Date,
    at: Date,
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** Forgets the failures of a login from everywhere; what is familiar remains so. Answers how many keys had any. */
  readonly clear: (tenant: string, login: Uint8Array) => Effect.Effect<number, StoreUnavailable>;

  /** Removes, of all tenants, at most `limit` keys that count for nothing since before an instant; answers their number. */
  readonly removeExpiredBefore: (before: Date, limit: number) => Effect.Effect<number, StoreUnavailable>;
}
