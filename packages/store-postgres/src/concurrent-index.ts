import type { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { executorOn } from "./executor.ts";
import { setbackOf } from "./failures.ts";
import type { Lending } from "./lending.ts";
import type { PlacedNames } from "./names.ts";
import { attempted, makeTransact } from "./transactions.ts";

/**
 * Carries out `create index concurrently …`, which takes as long as it takes. One that is there is left alone, one that
 * is being made is waited for, one that was left half-made is dropped and made again. The transaction of `tx` holds the
 * lock on the schema and is idle meanwhile.
 */
export type MakeIndex = (tx: Executor, statement: string) => Effect.Effect<void, StoreUnavailable>;

export type IndexState = "missing" | "unfinished" | "there";

/** @param index its bare name. */
export const stateOfIndex = (
  names: PlacedNames,
  executor: Executor,
  index: string,
): Effect.Effect<IndexState, StoreUnavailable> =>
  Effect.map(executor.first(lookedUp(names, index)), (found) =>
    found === undefined ? "missing" : found.valid ? "there" : "unfinished",
  );

const mostAttempts = 3;
const pauseMilliseconds = 200;

/**
 * @param lending of connections that no statement timeout is set for: nothing can be set on them from here, since a
 * pooler may hand out another one for the next statement.
 */
export const concurrentIndexes = (names: PlacedNames, lending: Lending): MakeIndex => {
  const executor = executorOn(lending, makeTransact(lending, "begin"));

  const whenNobodyMakesIt = Effect.fnUntraced(function* (index: string) {
    while ((yield* executor.first(lookedUp(names, index)))?.in_the_making === true)
      yield* Effect.sleep(pauseMilliseconds);
  });

  const attempt = Effect.fnUntraced(function* (index: string, statement: string) {
    yield* whenNobodyMakesIt(index);
    const state = yield* stateOfIndex(names, executor, index);
    if (state === "there") return;
    if (state === "unfinished") yield* runAlone(lending, names.written(`drop index concurrently ${index}`));
    yield* runAlone(lending, names.written(statement));
  });

  return (tx, statement) => {
    const index = /^create (?:unique )?index concurrently (\w+)/.exec(statement)?.[1];
    if (index === undefined) return Effect.die(new Error(`This makes no index: ${statement}`));
    const made = Effect.retry(attempt(index, statement), {
      times: mostAttempts - 1,
      while: ({ cause }) => setbackOf(cause) !== undefined,
    });
    return Effect.andThen(tx.run(letGoOfSnapshot), made);
  };
};

/**
 * A statement with parameters keeps its snapshot until another one comes, or the transaction ends; one without does not.
 * The maker of an index would wait for that snapshot, and the transaction for the maker.
 */
const letGoOfSnapshot: Statement = { sql: "select 1", parameters: [] };

/** Outside any transaction. When nobody waits for the answer any more, the connection is closed. */
const runAlone = (lending: Lending, sql: string): Effect.Effect<void, StoreUnavailable> =>
  Effect.acquireUseRelease(
    Effect.sync(lending.borrow),
    ({ connection }) => attempted(async () => void (await (await connection).query({ sql, parameters: [] }))),
    ({ giveBack }, exit) => Effect.sync(() => giveBack(Exit.isFailure(exit))),
  );

interface Found {
  readonly valid: boolean;
  readonly in_the_making: boolean;
}

const lookedUp = ({ schema, nameOf }: PlacedNames, index: string): Statement<Found> => ({
  sql: `select i.indisvalid as valid,
      exists (select 1 from pg_catalog.pg_stat_progress_create_index p
        where p.datname = current_database() and p.index_relid = i.indexrelid) as in_the_making
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2`,
  parameters: [schema, nameOf(index)],
});
