import { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import { isBusy, unavailable } from "./failures.ts";

/**
 * How long SQLite itself waits for a lock. It blocks the whole process meanwhile, so this is the longest a lock of
 * another process holds up the event loop; commits of others take well under a millisecond.
 */
export const busyTimeoutMilliseconds = 20;

/** How long a call waits for a lock in all, most of the time without blocking anybody. */
const patienceMilliseconds = 5_000;
const longestPauseMilliseconds = 60;

/** Runs a synchronous step; what it throws is StoreUnavailable or a defect. */
export const attempt = <A>(step: () => A): Effect.Effect<A, StoreUnavailable> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(step());
    } catch (error) {
      return failed(error);
    }
  });

/**
 * Like `attempt`, but a step that finds the database locked is tried again after pauses of random, growing length, the
 * process free meanwhile, until patience ends in StoreUnavailable.
 *
 * @param pausing what to run the pauses under: in an uninterruptible region, what makes them interruptible again.
 */
export const attemptPatiently = <A>(step: () => A, pausing: Pausing = asIs): Effect.Effect<A, StoreUnavailable> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(step());
    } catch (error) {
      return isBusy(error) ? again(step, pausing, performance.now() + patienceMilliseconds, 1) : failed(error);
    }
  });

type Pausing = (pause: Effect.Effect<void>) => Effect.Effect<void>;
const asIs: Pausing = (pause) => pause;

const again = <A>(
  step: () => A,
  pausing: Pausing,
  deadline: number,
  milliseconds: number,
): Effect.Effect<A, StoreUnavailable> =>
  Effect.flatMap(pausing(Effect.sleep(milliseconds * (0.5 + Math.random()))), () => {
    try {
      return Effect.succeed(step());
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) return failed(error);
      return again(step, pausing, deadline, Math.min(milliseconds * 2, longestPauseMilliseconds));
    }
  });

const failed = (error: unknown): Effect.Effect<never, StoreUnavailable> => {
  const known = error instanceof StoreUnavailable ? error : unavailable(error);
  return known === undefined ? Effect.die(error) : Effect.fail(known);
};
