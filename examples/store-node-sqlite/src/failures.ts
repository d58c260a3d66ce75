import { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";

/** Primary result codes (sqlite.org/rescode.html) that are nobody's bug, and whether trying again may help. */
const meanings: ReadonlyMap<number, readonly [reason: string, retryable: boolean]> = new Map([
  [5, ["another process is writing to it", true]],
  [6, ["another connection is writing to it", true]],
  [7, ["there is not enough memory", true]],
  [8, ["the file is read-only", false]],
  [10, ["the disk reports an error", false]],
  [11, ["the file is damaged", false]],
  [13, ["the disk is full", false]],
  [14, ["the file cannot be opened", false]],
  [26, ["the file is not a SQLite database", false]],
]);

/** What an error of `node:sqlite` means for the caller; undefined when it is a bug. */
export const unavailable = (error: unknown): StoreUnavailable | undefined => {
  const code = codeOf(error);
  const known = code === undefined ? undefined : meanings.get(code);
  return known && new StoreUnavailable({ reason: known[0], retryable: known[1], cause: error });
};

/** The low byte says what happened, the rest of an extended code says where. */
const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;

/** Runs a synchronous step; what it throws is StoreUnavailable or a defect. */
export const attempt = <A>(step: () => A): Effect.Effect<A, StoreUnavailable> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(step());
    } catch (error) {
      const known = error instanceof StoreUnavailable ? error : unavailable(error);
      return known === undefined ? Effect.die(error) : Effect.fail(known);
    }
  });

/** Like `attempt`, but a step that finds the file locked is tried again for about five seconds. */
export const patiently = <A>(step: () => A): Effect.Effect<A, StoreUnavailable> =>
  Effect.retry(attempt(step), {
    while: ({ cause }) => codeOf(cause) === 5 || codeOf(cause) === 6,
    schedule: Schedule.jittered(Schedule.spaced("10 millis")),
    times: 500,
  });
