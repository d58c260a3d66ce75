import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import type { Clock } from "../ports/environment.ts";
import type { OutboxEntry } from "../ports/outbox.ts";
import type { Storage } from "../ports/storage.ts";
import { mostAttempts, pauseAfter } from "./retry-pauses.ts";

/** Who delivers the entries of one topic. */
export interface Delivery {
  readonly topic: string;
  /** Succeeds when the receiver has the entry. A failure, a defect or an answer that takes too long is tried again. */
  readonly deliver: (entry: OutboxEntry) => Effect.Effect<void, unknown>;
}

/** A delivery that failed, for logs: nothing of the payload. */
export interface FailedDelivery {
  readonly entry: Pick<OutboxEntry, "tenant" | "id" | "topic" | "attempts">;
  /** It will not be tried again. */
  readonly isDead: boolean;
  readonly error: unknown;
}

export interface RelayPorts {
  readonly storage: Pick<Storage, "outbox" | "transact">;
  readonly clock: Clock;
  readonly deliveries: readonly Delivery[];
  readonly report: (failure: FailedDelivery) => void;
}

/** Delivers what is in the outbox, for as long as it runs. Any number of them may work on one database. */
export interface Relay {
  /** Something was committed that may be delivered at once. */
  readonly wake: () => void;
  /** Nothing new is begun; what is being delivered gets some time to end, and is put back otherwise. */
  readonly stop: Effect.Effect<void>;
}

/** So many at a time of each topic, all at once: none waits for another while its lease runs. */
const batch = 10;
/** A delivery is given up after so long. */
const deliveryMilliseconds = 30_000;
/** Nobody else gets an entry meanwhile; leaves time to say how the delivery ended. */
const leaseMilliseconds = 60_000;
/** Entries that another process appended, or a host's own transaction, are found within this time. */
const pollMilliseconds = 1_000;
/** How long `stop` waits for deliveries. */
const stopMilliseconds = 2_000;
const pruneMilliseconds = 600_000;
const day = 86_400_000;
/** Delivered entries are kept for a week, to be looked at; dead ones for a quarter of a year. */
const kept = { delivered: 7 * day, dead: 90 * day } as const;
const pruned = 1_000;

export const makeRelay = ({ storage, clock, deliveries, report }: RelayPorts): Relay => {
  let timer: NodeJS.Timeout | undefined;
  let round: Fiber.Fiber<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  let prunedAt = performance.now();

  const settled = Effect.fnUntraced(function* (entry: OutboxEntry, exit: Exit.Exit<void, unknown>) {
    const now = clock.now();
    if (Exit.isSuccess(exit)) return yield* storage.transact(({ outbox }) => outbox.acknowledge(entry, new Date(now)));
    if (Exit.hasInterrupts(exit)) return yield* storage.transact(({ outbox }) => outbox.putBack(entry, new Date(now)));
    const isDead = entry.attempts >= mostAttempts;
    report({ entry, isDead, error: errorOf(exit) });
    return yield* storage.transact(({ outbox }) =>
      isDead
        ? outbox.bury(entry, new Date(now))
        : outbox.putBack(entry, new Date(now + pauseAfter(entry.attempts, Math.random()))),
    );
  });

  const deliver = ({ deliver: attempt }: Delivery, entry: OutboxEntry): Effect.Effect<unknown, StoreUnavailable> =>
    Effect.uninterruptibleMask((restore) => {
      // Whoever was at it when the process ended, attempt after attempt, does not get another one.
      if (entry.attempts > mostAttempts) return settled(entry, Exit.fail(new Error("No attempt of it ever ended.")));
      const limited = Effect.timeout(
        Effect.suspend(() => attempt(entry)),
        deliveryMilliseconds,
      );
      return Effect.flatMap(Effect.exit(restore(limited)), (exit) => settled(entry, exit));
    });

  /** Delivers whatever is available; answers when to look again. */
  const drain = Effect.fnUntraced(function* (delivery: Delivery) {
    const { topic } = delivery;
    while (!isStopped) {
      const now = clock.now();
      const next = Option.getOrUndefined(yield* storage.outbox.nextAvailable(topic))?.getTime();
      if (next === undefined || next > now) return;
      const leaseUntil = new Date(now + leaseMilliseconds);
      const claimed = yield* storage.transact(({ outbox }) =>
        outbox.claim({ topic, now: new Date(now), leaseUntil, limit: batch }),
      );
      // What is available then waits behind something that is not.
      if (claimed.length === 0) return;
      yield* Effect.forEach(claimed, (entry) => deliver(delivery, entry), { concurrency: "unbounded", discard: true });
    }
  });

  const prune = Effect.gen(function* () {
    if (performance.now() - prunedAt < pruneMilliseconds) return;
    prunedAt = performance.now();
    for (const state of ["delivered", "dead"] as const) {
      const before = new Date(clock.now() - kept[state]);
      yield* storage.transact(({ outbox }) => outbox.removeEndedBefore(state, before, pruned));
    }
  });

  // A store that is down is asked again with the next round.
  const work = Effect.forEach(deliveries, (delivery) => Effect.ignore(drain(delivery)), {
    concurrency: "unbounded",
    discard: true,
  }).pipe(Effect.andThen(Effect.ignore(prune)));

  const begin = (): void => {
    clearTimeout(timer);
    if (isStopped || deliveries.length === 0) return;
    isWanted = round !== undefined;
    if (round !== undefined) return;
    const begun = Effect.runFork(work);
    round = begun;
    begun.addObserver(() => {
      round = undefined;
      if (isWanted) begin();
      else rest();
    });
  };

  const rest = (): void => {
    if (isStopped) return;
    timer = setTimeout(begin, pollMilliseconds);
    timer.unref();
  };

  begin();
  return {
    wake: begin,
    stop: Effect.suspend(() => {
      isStopped = true;
      clearTimeout(timer);
      if (round === undefined) return Effect.void;
      const last = round;
      return Effect.flatMap(Effect.timeoutOption(Fiber.await(last), stopMilliseconds), (ended) =>
        Option.isSome(ended) ? Effect.void : Fiber.interrupt(last),
      );
    }),
  };
};

const errorOf = (exit: Exit.Exit<void, unknown>): unknown => {
  if (Exit.isSuccess(exit)) return undefined;
  const [reason] = exit.cause.reasons;
  return reason?._tag === "Fail" ? reason.error : reason?._tag === "Die" ? reason.defect : undefined;
};
