import { InvalidConfiguration, type StoreUnavailable } from "@muster/core/ports";
import { type Executor, madeBy, makeStorage, makeStores, migrate, type NameOptions } from "@muster/store-kysely";
import type { MovableStore } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import { channelOf } from "./access-messages.ts";
import { concurrentIndexes } from "./concurrent-index.ts";
import type { Observer } from "./connection.ts";
import { postgresDialect } from "./dialect.ts";
import { makeExecutor } from "./executor.ts";
import { type FeatureOptions, featuresOf, migrationsWith, refusalOfFeatures } from "./features.ts";
import { makeLending } from "./lending.ts";
import { type ListeningOptions, openListening } from "./listening.ts";
import { makeLockedExecutor } from "./locked-executor.ts";
import { brokenNamesIn, namesIn } from "./names.ts";
import { type ConnectionOptions, type GivenPool, isConnectionString, openPool, refusalOfPool } from "./pools.ts";
import { type ReplicasOptions, readingFromReplicas, refusalOfReplicas } from "./replicas.ts";
import { makeSchema, migrations, objectsIn } from "./schema.ts";
import { openSearchIndex, type SearchIndexOptions } from "./search-index.ts";

/** Where users are kept in PostgreSQL, and through which connections. */
export type PostgresOptions = (GivenPool | ConnectionOptions) & {
  /** The schema of the tables, made when it is missing. `public` unless given. */
  readonly schema?: string;
  /**
   * Up to this many candidates of a filtered list are looked up and sorted; of more, the database finds the page in the
   * order of the list. 4,000 unless given.
   */
  readonly candidateCap?: number;
} & NameOptions &
  SearchIndexOptions &
  ListeningOptions &
  FeatureOptions &
  ReplicasOptions &
  Observer;

const candidates = 4_000;
/** A statement of a migration takes its time: at most so long. */
const migrationMilliseconds = 86_400_000;
/** Identity columns, generated columns, trusted extensions: 13 is the oldest that has them all. */
const oldestVersion = 13;

/**
 * Keeps users in PostgreSQL 13 or newer, in a database encoded in UTF-8, whatever its locale.
 *
 * Any number of processes may share a database. Statements name their schema and are never prepared by name, so that
 * neither the `search_path` nor a pooler that changes the connection between transactions is in the way. Writes are
 * serialisable transactions, repeated when another was in the way or the connection broke before the commit; a commit
 * whose answer is lost is StoreUnavailable, not retryable, and says that the outcome is unknown.
 *
 * `open` fails with StoreUnavailable (unreachable, refused), UnsupportedSchema (newer or altered) and
 * InvalidConfiguration (options, encoding or version, pg missing).
 */
export const postgresStore = (options: PostgresOptions): MovableStore => ({
  name: "postgres",
  open: Effect.gen(function* () {
    yield* validated(options);
    const names = namesIn(options.schema ?? "public", options);
    const features = featuresOf(options);
    const lockKey = features.advisoryLocks ? names.lockKey : undefined;
    const pool = yield* openPool(options);
    const lending = yield* Effect.acquireRelease(Effect.succeed(makeLending(pool, options)), ({ close }) =>
      Effect.sync(close),
    );
    const executor = makeExecutor(lending);
    yield* suitable(executor);
    const locked = makeLockedExecutor(makeLending(pool, options, migrationMilliseconds), lockKey);
    const beside = makeLending(yield* openPoolBeside(options), options, migrationMilliseconds);
    const makeIndex = concurrentIndexes(names, beside);
    yield* makeSchema(names, locked);
    yield* migrate({
      executor: locked,
      migrations: migrationsWith(features, migrations),
      names,
      objects: objectsIn(names),
      online: makeIndex,
      now: Date.now,
    });
    const lockedBeside = makeLockedExecutor(beside, lockKey);
    const hasTrigrams = features.trigrams
      ? yield* openSearchIndex(names, locked, lockedBeside, makeIndex, options)
      : () => false;
    const { candidateCap = candidates } = options;
    const dialect = { ...postgresDialect(names, features, hasTrigrams), candidateCap };
    const ofPrimary = makeStorage(dialect, executor);
    const storage = yield* readingFromReplicas(options, ofPrimary, executor, makeStores(dialect));
    if (!features.notifications) return storage;
    const listening = yield* openListening(options, channelOf(names));
    return listening === undefined ? storage : { ...storage, onAccessChange: listening.join };
  }),
  movable: Effect.gen(function* () {
    yield* validated(options);
    const lending = makeLending(yield* openPoolBeside(options), options, migrationMilliseconds);
    yield* suitable(makeExecutor(lending));
    const { openMoveDatabase } = yield* Effect.promise(() => import("./move/move-database.ts"));
    return yield* openMoveDatabase(namesIn(options.schema ?? "public", options), lending, featuresOf(options));
  }),
});

/** For what takes long, a pool of our own without a limit on statements: it connects when there is need. */
const openPoolBeside = (options: PostgresOptions) =>
  options.pool === undefined
    ? openPool({ ...options, maxConnections: 3, statementTimeoutMilliseconds: 0 })
    : Effect.succeed(options.pool);

const validated = (options: PostgresOptions): Effect.Effect<void, InvalidConfiguration> => {
  const refusal = refusalOf(options);
  return refusal === undefined
    ? Effect.void
    : Effect.fail(new InvalidConfiguration({ reason: `postgresStore: ${refusal}.` }));
};

const refusalOf = (options: PostgresOptions): string | undefined => {
  const { schema = "public", candidateCap = candidates, listen = true, searchIndex = "background" } = options;
  const broken = brokenNamesIn(schema, options, madeBy(migrations));
  if (broken !== undefined) return broken;
  if (searchIndex !== "background" && searchIndex !== "wait") return "searchIndex is 'background' or 'wait'";
  if (!Number.isSafeInteger(candidateCap) || candidateCap < 0) return "candidateCap is a whole number from 0 on";
  if (typeof listen !== "boolean" && !isConnectionString(listen)) {
    return "listen is true, false or begins with postgres://";
  }
  return refusalOfPool(options) ?? refusalOfReplicas(options.replicas) ?? refusalOfFeatures(options.features);
};

const suitable = (executor: Executor): Effect.Effect<void, InvalidConfiguration | StoreUnavailable> =>
  Effect.flatMap(
    executor.first<{ readonly encoding: string; readonly version: string }>({
      sql: "select current_setting('server_encoding') as encoding, current_setting('server_version_num') as version",
      parameters: [],
    }),
    (found) => {
      const version = Math.floor(Number(found?.version) / 10_000);
      if (found?.encoding !== "UTF8") return unsuitable(`the database is encoded in ${found?.encoding}, not in UTF8`);
      if (version < oldestVersion) return unsuitable(`PostgreSQL ${version} is older than ${oldestVersion}`);
      return Effect.void;
    },
  );

const unsuitable = (reason: string) => Effect.fail(new InvalidConfiguration({ reason: `postgresStore: ${reason}.` }));
