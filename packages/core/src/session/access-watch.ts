import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type { StoreUnavailable } from "../errors.ts";
import { type AccessChange, type AccessChanges, everyToken } from "../ports/access-changes.ts";
import type { Clock } from "../ports/environment.ts";
import type { Storage } from "../ports/storage.ts";
import type { RememberedTokens } from "./remembered-tokens.ts";

/** A remembered token is trusted for so long after the feed was last read: other processes are obeyed within a second. */
const freshMilliseconds = 800;
/** While tokens are being checked the feed is read this often, so that no check has to wait for it. */
const pollMilliseconds = 250;
/** Reading stops when no token was checked for so long. */
const idleMilliseconds = 5_000;
/** Entries are kept for so long; a process that slept longer forgets everything it remembers. */
const keepMilliseconds = 3_600_000;
const pruneMilliseconds = 600_000;

const isOfKeys = ({ tenant }: AccessChange): boolean => tenant === everyToken.tenant;

/** Keeps what is remembered of tokens in step with what other processes on the same database change. */
export interface AccessWatch {
  /** Whether remembered tokens may be trusted right now. Also notes that somebody asks. */
  readonly isFresh: () => boolean;
  /** Reads the feed and forgets whoever it names. Concurrent callers share one reading. */
  readonly catchUp: Effect.Effect<void, StoreUnavailable>;
  /** Reading along ends, for good. */
  readonly stop: () => void;
}

/**
 * @param tellUs hints at changes: whoever is named is forgotten at once, without a reading. The feed is read as often as
 *   without hints and alone decides what is fresh, so that hints that are lost cost nothing but time.
 * @param keysChanged reads the keys of access tokens again: what is fresh was checked with keys that are.
 */
export const makeAccessWatch = (
  feed: AccessChanges,
  remembered: RememberedTokens,
  clock: Clock,
  tellUs?: Storage["onAccessChange"],
  keysChanged: Effect.Effect<void, StoreUnavailable> = Effect.void,
): AccessWatch => {
  let cursor: number | undefined;
  // Monotonic time: a clock that is set back must not make stale knowledge look fresh.
  let readAt = Number.NEGATIVE_INFINITY;
  let askedAt = 0;
  let prunedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let reading: Fiber.Fiber<void, StoreUnavailable> | undefined;
  let isStopped = false;
  let hearNoMore: (() => void) | undefined;

  const read = Effect.gen(function* () {
    const startedAt = performance.now();
    if (cursor === undefined) {
      const end = yield* feed.latest();
      yield* keysChanged;
      remembered.forgetAll();
      cursor = end;
    } else {
      const page = yield* feed.since(cursor);
      // Before anything is forgotten: what is checked with the old keys meanwhile must be forgotten too.
      if (page.gap || page.changes.some(isOfKeys)) yield* keysChanged;
      if (page.gap) remembered.forgetAll();
      for (const { tenant, userId } of page.changes) remembered.forget(tenant, userId);
      cursor = Math.max(cursor, page.cursor);
    }
    readAt = startedAt;
    listen();
    poll();
  });

  // On its own feet: the caller who began a reading may give up while others wait for it.
  const catchUp = Effect.suspend(() => {
    if (reading === undefined) {
      const begun = Effect.runFork(read);
      reading = begun;
      begun.addObserver(() => {
        reading = undefined;
      });
      return Fiber.join(begun);
    }
    return Fiber.join(reading);
  });

  const prune = Effect.suspend(() => {
    if (performance.now() - prunedAt < pruneMilliseconds) return Effect.void;
    prunedAt = performance.now();
    return feed.prune(new Date(clock.now() - keepMilliseconds));
  });

  /** From the first token that is checked on: a process that checks none needs no hints. */
  const listen = (): void => {
    if (isStopped) return;
    hearNoMore ??= tellUs?.(({ tenant, userId }) => remembered.forget(tenant, userId));
  };

  const poll = (): void => {
    if (timer !== undefined || isStopped) return;
    timer = setInterval(() => {
      if (performance.now() - askedAt > idleMilliseconds) return rest();
      // A store that is down makes the knowledge stale, and the next check says so.
      Effect.runFork(Effect.ignore(Effect.andThen(catchUp, prune)));
    }, pollMilliseconds);
    timer.unref();
  };

  const rest = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  const stop = (): void => {
    isStopped = true;
    hearNoMore?.();
    rest();
  };

  const isFresh = (): boolean => {
    askedAt = performance.now();
    return askedAt - readAt <= freshMilliseconds;
  };

  return { isFresh, catchUp, stop };
};
