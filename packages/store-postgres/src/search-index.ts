import type { StoreUnavailable } from "@muster/core/ports";
import { type Executor, quoted } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import { type MakeIndex, stateOfIndex } from "./concurrent-index.ts";
import type { PlacedNames } from "./names.ts";
import { createSearchIndex, searchIndex } from "./search.ts";

/** How the index for parts of texts comes to be in a database that has users already. */
export interface SearchIndexOptions {
  /**
   * Over more than 10,000 users the index is made while others write, which takes minutes for a million. `background`
   * (unless given): the store opens at once, and until the index is there searches read users in the order of the list.
   * `wait`: the store opens when it is there. The users found are the same.
   */
  readonly searchIndex?: "background" | "wait";
}

/** Over up to so many users the index is made on the spot: their writers wait for a second at most. */
const mostUsersAtOnce = 10_000;
const pauseBetweenAttempts = "10 minutes";

/**
 * Sees to the index for parts of texts, and answers what tells whether it is there. It needs the extension pg_trgm:
 * installed already, or one that the user of the database may install. Without it, and when the index cannot be made,
 * searches find the same by reading users in the order of the list; the next start tries again.
 *
 * @param lockedBeside what holds the lock while `make` is at work, on connections that nobody else waits for.
 */
export const openSearchIndex = (
  names: PlacedNames,
  locked: Executor,
  lockedBeside: Executor,
  make: MakeIndex,
  { searchIndex: way = "background" }: SearchIndexOptions,
): Effect.Effect<() => boolean, StoreUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    let isThere = (yield* stateOfIndex(names, locked, searchIndex)) === "there";
    if (isThere) return () => true;
    if ((yield* operatorsOf(locked)) === undefined) yield* Effect.exit(locked.run(yield* install(names, locked)));
    const operators = yield* operatorsOf(locked);
    if (operators === undefined) return () => false;
    if (yield* Effect.orElseSucceed(makeAtOnce(names, locked, operators), () => false)) return () => true;

    const statement = createSearchIndex("concurrently", operators);
    const made = Effect.map(
      lockedBeside.atomically((tx) => make(tx, statement)),
      () => {
        isThere = true;
      },
    );
    if (way === "wait") yield* Effect.ignoreCause(made);
    else {
      const patiently = Effect.retry(made, {
        while: ({ retryable }) => retryable,
        schedule: Schedule.spaced(pauseBetweenAttempts),
      });
      yield* Effect.forkScoped(Effect.ignoreCause(patiently));
    }
    return () => isThere;
  });

/** Answers whether it is there now. */
const makeAtOnce = (names: PlacedNames, locked: Executor, operators: string) =>
  locked.atomically((tx) =>
    Effect.gen(function* () {
      const state = yield* stateOfIndex(names, tx, searchIndex);
      if (state !== "missing" || (yield* countUsers(names, tx)) > mostUsersAtOnce) return state === "there";
      yield* tx.run({ sql: names.written(createSearchIndex("", operators)), parameters: [] });
      return true;
    }),
  );

/** In `public`, where others expect an extension, if there is one. It may be refused, or be installed by somebody else. */
const install = ({ schema }: PlacedNames, executor: Executor) =>
  Effect.map(
    executor.first({ sql: "select 1 from pg_catalog.pg_namespace where nspname = 'public'", parameters: [] }),
    (found) => ({
      sql: `create extension if not exists pg_trgm with schema ${quoted(found === undefined ? schema : "public")}`,
      parameters: [],
    }),
  );

const operatorsOf = (tx: Executor): Effect.Effect<string | undefined, StoreUnavailable> =>
  Effect.map(
    tx.first<{ readonly schema: string }>({
      sql: `select n.nspname as schema from pg_catalog.pg_extension e
        join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`,
      parameters: [],
    }),
    (found) => (found === undefined ? undefined : `${quoted(found.schema)}.gin_trgm_ops`),
  );

const countUsers = ({ written }: PlacedNames, tx: Executor): Effect.Effect<number, StoreUnavailable> =>
  Effect.map(
    tx.first<{ readonly count: number }>({
      sql: written("select count(*) as count from (select from muster_users limit ?) as u"),
      parameters: [mostUsersAtOnce + 1],
    }),
    (found) => Number(found?.count ?? 0),
  );
