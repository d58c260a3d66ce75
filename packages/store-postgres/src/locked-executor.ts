import { StoreUnavailable } from "@muster/core/ports";
import type { Executor } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import { executorOn } from "./executor.ts";
import type { Lending } from "./lending.ts";
import { makeTransact, type Transact } from "./transactions.ts";

/**
 * For migrations. A transaction waits until it has the lock, which makes it the only one of its kind; that it reads what
 * those before it committed, it must not have looked at anything yet: hence `read committed`. A statement may take its
 * time, but none waits long for a lock on a table, since everybody behind it would wait too. It may also be idle for
 * long, while something is done beside it.
 *
 * @param key a 64-bit integer that is the same for everybody who migrates the same tables; undefined where there are no
 *   such locks.
 */
export const makeLockedExecutor = (lending: Lending, key: bigint | undefined): Executor => {
  const transact = makeTransact(lending, begin);
  return executorOn(lending, key === undefined ? transact : lockedTransact(transact, key));
};

const begin =
  "begin isolation level read committed; set local statement_timeout = 0; set local lock_timeout = '5s'; set local idle_in_transaction_session_timeout = 0";

/** How long the lock is waited for in all. */
const patienceMilliseconds = 600_000;
const firstPauseMilliseconds = 20;
const longestPauseMilliseconds = 500;

/**
 * Asks for the lock again and again: who waits for it inside a statement has a snapshot, and an index that is made
 * concurrently waits for everybody with an old one. Its maker holds the lock, so that all would wait for ever.
 */
const lockedTransact =
  (transact: Transact, key: bigint): Transact =>
  <A, E>(body: (executor: Executor) => Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const deadline = performance.now() + patienceMilliseconds;
      for (let pause = firstPauseMilliseconds; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
        const done = yield* transact((tx) =>
          Effect.flatMap(tx.first<{ readonly got: boolean }>(asked(key)), (answer) =>
            answer?.got === true ? Effect.map(body(tx), (value) => ({ value })) : Effect.succeed(undefined),
          ),
        );
        if (done !== undefined) return done.value;
        if (performance.now() >= deadline) return yield* stillLocked;
        yield* Effect.sleep(pause * (0.5 + Math.random()));
      }
    });

const asked = (key: bigint) => ({ sql: `select pg_try_advisory_xact_lock(${key}) as got`, parameters: [] });

const stillLocked = new StoreUnavailable({ reason: "another process is still at work on its tables", retryable: true });
