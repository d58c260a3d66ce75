import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Setback } from "./failures.ts";
import type { Turns } from "./turns.ts";

/** What came of one attempt: an end, whatever it is, or a reason to try again. */
export type Outcome<A> =
  | { readonly kind: "ended"; readonly value: A }
  | { readonly kind: "set back"; readonly by: Setback; readonly failure: StoreUnavailable };

/** How long attempts are repeated in all. */
const patienceMilliseconds = 5_000;
/** A connection may break because it had been idle for too long; a server that is gone answers no more often than that. */
const mostLosses = 3;
const firstPauseMilliseconds = 4;
const longestPauseMilliseconds = 120;
/** After so many lost races the callers of this process take turns, so that everybody gets through a crowd. */
const mostRaces = 2;

/**
 * Repeats an attempt for as long as it is set back, after pauses of random, growing length: callers who got into each
 * other's way come back at different times.
 *
 * @param pausing what to run the pauses under: in an uninterruptible region, what makes them interruptible again.
 */
export const retrying = <A, E>(
  attempt: Effect.Effect<Outcome<A>, E>,
  pausing: (pause: Effect.Effect<void>) => Effect.Effect<void> = (pause) => pause,
  turns?: Turns,
): Effect.Effect<A, E | StoreUnavailable> =>
  Effect.gen(function* () {
    const deadline = performance.now() + patienceMilliseconds;
    let pause = firstPauseMilliseconds;
    for (let losses = 0, races = 0; ; ) {
      const outcome = yield* turns !== undefined && races >= mostRaces ? inTurn(turns, attempt) : attempt;
      if (outcome.kind === "ended") return outcome.value;
      if (outcome.by === "lost") losses += 1;
      else races += 1;
      if (losses >= mostLosses || performance.now() >= deadline) return yield* outcome.failure;
      yield* pausing(Effect.sleep(pause * Math.random()));
      pause = Math.min(pause * 2, longestPauseMilliseconds);
    }
  });

const inTurn = <A, E>({ enter }: Turns, attempt: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.promise(enter), (leave) => Effect.ensuring(attempt, Effect.sync(leave)));
