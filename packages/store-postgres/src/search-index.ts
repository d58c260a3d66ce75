import type { StoreUnavailable } from "@muster/core/ports";
import { type Executor, quoted } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import type { PlacedNames } from "./names.ts";
import { createSearchIndex, searchIndex } from "./search.ts";

/** An index over more users would hold up their writers while it is made; that is left to whoever runs the database. */
const mostUsers = 10_000;

/**
 * Sees to the index for parts of texts, and answers whether it is there. It needs the extension pg_trgm: installed
 * already, or one that the user of the database may install. Without it searches find the same by reading users in the
 * order of the list.
 */
export const haveSearchIndex = (names: PlacedNames, locked: Executor): Effect.Effect<boolean, StoreUnavailable> =>
  Effect.gen(function* () {
    const state = yield* stateOf(names, locked);
    if (state !== "missing") return state === "there";
    if ((yield* operatorsOf(locked)) === undefined) yield* Effect.exit(locked.run(yield* install(names, locked)));
    return yield* Effect.catch(
      locked.atomically((tx) => make(names, tx)),
      (failure) => (failure.retryable ? Effect.fail(failure) : Effect.succeed(false)),
    );
  });

const make = Effect.fnUntraced(function* (names: PlacedNames, tx: Executor) {
  const state = yield* stateOf(names, tx);
  if (state !== "missing") return state === "there";
  const operators = yield* operatorsOf(tx);
  if (operators === undefined || (yield* countUsers(names, tx)) > mostUsers) return false;
  yield* tx.run({ sql: names.written(createSearchIndex(operators)), parameters: [] });
  return true;
});

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
      parameters: [mostUsers + 1],
    }),
    (found) => Number(found?.count ?? 0),
  );

const stateOf = (
  { schema, nameOf }: PlacedNames,
  executor: Executor,
): Effect.Effect<"there" | "missing" | "unfinished", StoreUnavailable> =>
  Effect.map(
    executor.first<{ readonly valid: boolean }>({
      sql: `select i.indisvalid as valid from pg_catalog.pg_index i
        join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relname = $2`,
      parameters: [schema, nameOf(searchIndex)],
    }),
    (found) => (found === undefined ? "missing" : found.valid ? "there" : "unfinished"),
  );
