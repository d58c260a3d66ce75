import type { StoreUnavailable } from "@muster/core/ports";
import type { Executor } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Connection } from "./connection.ts";
import { executorThrough } from "./executor-through.ts";
import type { Lending, Loan } from "./lending.ts";
import { attempted } from "./transactions.ts";

/** A server that repeats what the primary does, a little later. */
export interface Replica {
  /** Whether it is worth asking: false for a while after it was down or behind. */
  readonly isWorthAsking: () => boolean;
  /**
   * Reads what the primary had at a position, or later. None when the replica is not there in time or fails: the
   * primary is to be asked instead.
   */
  readonly read: <A>(
    position: Position,
    ask: (executor: Executor) => Effect.Effect<A, StoreUnavailable>,
  ) => Effect.Effect<Option.Option<A>>;
}

/** A place in the primary's log, and which database it is of. */
export interface Position {
  readonly lsn: string;
  readonly database: string;
}

/** Which database of which cluster a connection leads to. Replicas have the identity of their primary. */
export const thisDatabase: string =
  "(select system_identifier || '/' || pg_catalog.current_database() from pg_catalog.pg_control_system())";

/** A replica that is further behind helps nobody who waits for a list. */
const lagMilliseconds = 50;
const lookAgainMilliseconds = 2;
/** For a connection and its first answer. */
const answerMilliseconds = 250;
/** One that was behind is asked again after the first, one that is down after pauses that grow up to the second. */
const firstRestMilliseconds = 1_000;
const longestRestMilliseconds = 30_000;

export const makeReplica = (lending: Lending): Replica => {
  let restsUntil = Number.NEGATIVE_INFINITY;
  let rest = firstRestMilliseconds;

  const note = (outcome: "read" | "behind" | "failed"): void => {
    if (outcome !== "read") restsUntil = performance.now() + rest;
    rest = outcome === "failed" ? Math.min(rest * 2, longestRestMilliseconds) : firstRestMilliseconds;
  };

  return {
    isWorthAsking: () => performance.now() >= restsUntil,
    read: (position, ask) =>
      Effect.acquireUseRelease(
        Effect.sync(() => ({ loan: lending.borrow(), isBroken: true })),
        (held) =>
          Effect.gen(function* () {
            const connection = yield* Effect.tryPromise(() => caughtUp(held.loan, position));
            const answer =
              connection === undefined
                ? Option.none()
                : Option.some(yield* ask(executorThrough((statement) => attempted(() => connection.query(statement)))));
            note(connection === undefined ? "behind" : "read");
            // Until here: whoever gives up in between leaves a connection behind that is still busy.
            held.isBroken = false;
            return answer;
          }).pipe(
            Effect.catchCause(() => {
              note("failed");
              return Effect.succeed(Option.none());
            }),
          ),
        ({ loan, isBroken }) => Effect.sync(() => loan.giveBack(isBroken)),
      ),
  };
};

/** Undefined when it is behind for too long, or no replica of this database. Rejects when it does not answer. */
const caughtUp = async (loan: Loan, { lsn, database }: Position): Promise<Connection | undefined> => {
  const connection = await within(answerMilliseconds, loan.connection);
  const deadline = performance.now() + lagMilliseconds;
  for (;;) {
    const { rows } = await within(
      answerMilliseconds,
      connection.query({ sql: hasReached, parameters: [lsn, database] }),
    );
    const [found] = rows as readonly { readonly reached: boolean | null }[];
    if (found?.reached === true) return connection;
    if (performance.now() >= deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMilliseconds));
  }
};

const hasReached = `select pg_catalog.pg_is_in_recovery() and pg_catalog.pg_last_wal_replay_lsn() >= $1::pg_lsn
  and $2 = ${thisDatabase} as reached`;

const within = async <A>(milliseconds: number, promise: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The replica did not answer in time.")), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
