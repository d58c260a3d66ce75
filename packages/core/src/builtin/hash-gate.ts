import * as Effect from "effect/Effect";
import { TooBusy } from "../errors.ts";
import type { HashJob } from "./argon2-worker.ts";
import type { HashSettled, HashThread } from "./hash-thread.ts";

/** The one way to the threads: jobs wait in line, and are refused when the line is long. */
export interface HashGate {
  /** The thread's answer. Fails with TooBusy at once when the line is full; leaving the line frees the place. */
  readonly run: (job: HashJob) => Effect.Effect<string | boolean, TooBusy>;
  /** Waits until no job is left, then ends the threads. Jobs that come later start them again. */
  readonly close: Effect.Effect<void>;
}

/**
 * Jobs a thread holds: the one it works at, and the next, so that it never idles until the main thread, perhaps busy,
 * notices that it is free (measured: 3–9 % more hashes a second).
 */
const loadOfThread = 2;

/** The average before anything was measured, and how much of it a new measurement replaces. */
const guessedMilliseconds = 20;
const weightOfNew = 0.1;

/** Makes the gate. A job that ends makes room for the next before its caller hears of it. */
export const makeHashGate = (threads: readonly HashThread[], maxWaiting: number): HashGate => {
  const waiting: { readonly job: HashJob; readonly settled: HashSettled }[] = [];
  const closers: (() => void)[] = [];
  let averageMilliseconds = guessedMilliseconds;

  const isIdle = (): boolean => waiting.length === 0 && threads.every((thread) => thread.load() === 0);

  const freest = (): HashThread | undefined => {
    const found = threads.reduce((best, thread) => (thread.load() < best.load() ? thread : best));
    return found.load() < loadOfThread ? found : undefined;
  };

  const advance = (): void => {
    while (waiting.length > 0) {
      const thread = freest();
      const next = thread && waiting.shift();
      if (!next) return;
      thread.run(next.job, (outcome, milliseconds = averageMilliseconds) => {
        averageMilliseconds += weightOfNew * (milliseconds - averageMilliseconds);
        advance();
        next.settled(outcome);
        if (isIdle()) for (const close of closers.splice(0)) close();
      });
    }
  };

  const untilRoom = (): number =>
    Math.max(1, Math.ceil((waiting.length * averageMilliseconds) / threads.length / 1_000));

  return {
    run: (job) =>
      Effect.callback((resume) => {
        if (waiting.length >= maxWaiting && freest() === undefined) {
          resume(Effect.fail(new TooBusy({ retryAfterSeconds: untilRoom() })));
          return;
        }
        const place = { job, settled: resume };
        waiting.push(place);
        advance();
        return Effect.sync(() => {
          const index = waiting.indexOf(place);
          if (index >= 0) waiting.splice(index, 1);
        });
      }),
    close: Effect.promise(async () => {
      if (!isIdle()) await new Promise<void>((resolve) => closers.push(resolve));
      await Promise.all(threads.map((thread) => thread.close()));
    }),
  };
};
