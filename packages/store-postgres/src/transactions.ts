import { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { Connection } from "./connection.ts";
import type { PostgresResult } from "./driver.ts";
import { executorThrough } from "./executor-through.ts";
import { isRefusal, type Setback, setbackOf, unavailable } from "./failures.ts";
import type { Lending } from "./lending.ts";
import { type Outcome, retrying } from "./retrying.ts";
import { makeTurns } from "./turns.ts";

/** Runs a body in a transaction of its own. */
export type Transact = <A, E>(
  body: (executor: Executor) => Effect.Effect<A, E>,
) => Effect.Effect<A, E | StoreUnavailable>;

/** A transaction under way. */
interface Progress {
  readonly connection: Connection;
  /** The first thing that befell it; nothing that is sent after it can succeed. */
  setback: { readonly by: Setback; readonly failure: StoreUnavailable } | undefined;
  hasEnded: boolean;
}

/**
 * Transactions, each on a connection of its own. One that another was in the way of, or whose connection broke before
 * `commit` was sent, is run again. A `commit` without an answer is not: it fails, and is not retryable.
 *
 * @param begin what opens a transaction: one statement, or several without parameters.
 */
export const makeTransact = (lending: Lending, begin: string): Transact => {
  const turns = makeTurns(longestTurnMilliseconds);
  return (body) =>
    Effect.uninterruptibleMask((restore) => {
      const once = attempt(lending, begin, (executor) => restore(Effect.suspend(() => body(executor))));
      return Effect.flatMap(retrying(once, restore, turns), (exit) => exit);
    });
};

const longestTurnMilliseconds = 200;

type Attempt<A, E> = Effect.Effect<Outcome<Exit.Exit<A, E | StoreUnavailable>>>;

/** Runs uninterruptibly, but for the body: what was begun is always ended. */
const attempt = <A, E>(
  lending: Lending,
  begin: string,
  body: (executor: Executor) => Effect.Effect<A, E>,
): Attempt<A, E> =>
  Effect.gen(function* () {
    const loan = lending.borrow();
    const borrowed = yield* Effect.exit(attempted(() => loan.connection));
    if (Exit.isFailure(borrowed)) {
      loan.giveBack();
      return ended(Exit.failCause(borrowed.cause));
    }
    const progress: Progress = { connection: borrowed.value, setback: undefined, hasEnded: false };
    const opened = sent(progress, { sql: begin, parameters: [] });
    const exit = yield* Effect.exit(Effect.andThen(opened, body(executorInside(progress))));
    const outcome = yield* Exit.isSuccess(exit) && progress.setback === undefined
      ? committed(progress, exit)
      : rolledBack(progress, exit);
    progress.hasEnded = true;
    loan.giveBack(outcome.isBroken);
    return outcome;
  });

type Finished<A, E> = Effect.Effect<Outcome<Exit.Exit<A, E | StoreUnavailable>> & { readonly isBroken: boolean }>;

const committed = <A, E>(progress: Progress, exit: Exit.Exit<A, E | StoreUnavailable>): Finished<A, E> =>
  Effect.promise(() =>
    progress.connection.query({ sql: "commit", parameters: [] }).then(
      ({ command }) => {
        if (command === "COMMIT") return { ...ended(exit), isBroken: false };
        // The body swallowed a failure, after which the server commits nothing and says so.
        return { ...ended(Exit.fail(undone)), isBroken: false };
      },
      (error: unknown) => {
        if (!isRefusal(error)) return { ...ended(Exit.fail(unknownOutcome(error))), isBroken: true };
        const [by, failure] = [setbackOf(error), unavailable(error)];
        if (by !== undefined && failure !== undefined) {
          return { kind: "set back", by, failure, isBroken: by === "lost" } as const;
        }
        return { ...ended(failure === undefined ? Exit.die(error) : Exit.fail(failure)), isBroken: false };
      },
    ),
  );

const rolledBack = <A, E>(
  { connection, setback }: Progress,
  exit: Exit.Exit<A, E | StoreUnavailable>,
): Finished<A, E> =>
  Effect.promise(async () => {
    const isBroken =
      setback?.by === "lost" ||
      (await connection.query({ sql: "rollback", parameters: [] }).then(
        () => false,
        () => true,
      ));
    const isAgain = setback !== undefined && !(Exit.isFailure(exit) && Exit.hasInterrupts(exit));
    return isAgain ? { kind: "set back", ...setback, isBroken } : { ...ended(exit), isBroken };
  });

const ended = <A>(value: A) => ({ kind: "ended", value }) as const;

const undone = new StoreUnavailable({ reason: "a statement of the transaction failed before", retryable: true });

const unknownOutcome = (cause: unknown): StoreUnavailable =>
  new StoreUnavailable({
    reason:
      "the connection was lost during the commit, so that the outcome is unknown: look before you repeat the call",
    retryable: false,
    cause,
  });

/** What a step rejects with is StoreUnavailable or a defect. */
export const attempted = <A>(step: () => Promise<A>): Effect.Effect<A, StoreUnavailable> =>
  Effect.catch(Effect.tryPromise({ try: step, catch: (error) => error }), (error) => {
    const known = unavailable(error);
    return known === undefined ? Effect.die(error) : Effect.fail(known);
  });

const sent = (progress: Progress, statement: Statement): Effect.Effect<PostgresResult, StoreUnavailable> =>
  attempted(async () => {
    if (progress.hasEnded) throw new StoreUnavailable({ reason: "the transaction has ended", retryable: false });
    try {
      return await progress.connection.query(statement);
    } catch (error) {
      const [by, failure] = [setbackOf(error), unavailable(error)];
      if (by !== undefined && failure !== undefined) progress.setback ??= { by, failure };
      throw error;
    }
  });

const executorInside = (progress: Progress): Executor => executorThrough((statement) => sent(progress, statement));
