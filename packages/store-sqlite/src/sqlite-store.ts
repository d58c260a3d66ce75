import { accessSync, constants, existsSync } from "node:fs";
import { InvalidConfiguration, StoreUnavailable } from "@muster/core/ports";
import { makeStorage, migrate, type NameOptions } from "@muster/store-kysely";
import type { MovableStore } from "@muster/store-kysely/move";
import type { Database } from "better-sqlite3";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { type Connection, makeConnection, type Observer } from "./connection.ts";
import { sqliteDialect } from "./dialect.ts";
import { type Driver, loadDriver } from "./driver.ts";
import { type Access, makeAccess, makeSoleAccess } from "./executor.ts";
import { refusingWithoutFile } from "./missing-file.ts";
import { brokenSqliteNames, sqliteNames } from "./names.ts";
import { migrations, objectsIn } from "./schema.ts";
import { attempt, attemptPatiently, busyTimeoutMilliseconds } from "./waiting.ts";

/** How a SQLite file is kept, and what our tables are called in it. */
export interface SqliteOptions extends NameOptions, Observer {
  /**
   * `full` (unless given): a commit is on the disk when its call returns. `normal`: the disk is not waited for, which
   * makes writes several times faster; after a power cut the last commits may be missing (a deleted user may be back, a
   * spent refresh token may work again), the file stays intact. See sqlite.org/pragma.html#pragma_synchronous.
   */
  readonly synchronous?: "full" | "normal";
  /**
   * Up to this many candidates of a filtered list are looked up and sorted in this process; of more, an index is walked
   * in the order of the list. 4,000 unless given: at 1,000,000 users either then takes some milliseconds.
   */
  readonly candidateCap?: number;
}

/**
 * Keeps users in a SQLite file, made when it is not there, or in memory for `":memory:"`.
 *
 * Several processes may share one file on a local disk: it is in WAL mode, each transaction takes the write lock at its
 * start, and a call that finds it taken waits without blocking the process, at most five seconds, then fails with
 * StoreUnavailable. Network file systems cannot share a WAL file (sqlite.org/wal.html). When the file is moved, replaced
 * or deleted under it, calls fail with StoreUnavailable until it is back.
 *
 * `open` fails with StoreUnavailable (unwritable, damaged, no database), UnsupportedSchema (newer or altered) and
 * InvalidConfiguration (better-sqlite3 missing or unfit for this Node.js).
 */
export const sqliteStore = (path: string, options: SqliteOptions = {}): MovableStore => ({
  name: "sqlite",
  open: Effect.gen(function* () {
    yield* validated(path, options);
    const driver = yield* loadDriver;
    const access = yield* path === ":memory:" ? openMemory(driver, options) : openFile(driver, path, options);
    const [{ executor }, names] = [access, sqliteNames(options)];
    yield* migrate({ executor, migrations, names, objects: objectsIn(names), now: Date.now });
    const dialect = sqliteDialect(names);
    return makeStorage({ ...dialect, candidateCap: options.candidateCap ?? dialect.candidateCap }, executor);
  }),
  movable: Effect.gen(function* () {
    yield* validated(path, options);
    if (path === ":memory:") return yield* unmovable;
    const driver = yield* loadDriver;
    if (!existsSync(path)) return undefined;
    yield* attempt(() => refuseReadOnly(path));
    const { openMoveDatabase } = yield* Effect.promise(() => import("./move/move-database.ts"));
    return yield* openMoveDatabase(sqliteNames(options), (pragmas) => connect(driver, path, options, pragmas));
  }),
});

const unmovable = Effect.fail(
  new InvalidConfiguration({ reason: "What is kept in memory can be moved neither from nor to: give a file a path." }),
);

const validated = (path: string, options: SqliteOptions): Effect.Effect<void, InvalidConfiguration> => {
  const reason = refusalOf(path, options);
  return reason === undefined
    ? Effect.void
    : Effect.fail(new InvalidConfiguration({ reason: `sqliteStore${reason}.` }));
};

const refusalOf = (path: string, options: SqliteOptions): string | undefined => {
  const { synchronous = "full", candidateCap = 0 } = options;
  if (typeof path !== "string" || path.trim() === "" || path.includes("\0")) {
    return " takes the path of a file, or ':memory:'";
  }
  if (synchronous !== "full" && synchronous !== "normal") return ": synchronous is 'full' or 'normal'";
  if (!Number.isSafeInteger(candidateCap) || candidateCap < 0) return ": candidateCap is a whole number from 0 on";
  const broken = brokenSqliteNames(options);
  return broken === undefined ? undefined : `: ${broken}`;
};

const openMemory = (driver: Driver, options: SqliteOptions) =>
  Effect.gen(function* () {
    const connection = yield* connect(driver, ":memory:", options, ["foreign_keys = on"]);
    return yield* closingWithScope(makeSoleAccess(connection), [connection]);
  });

const openFile = (driver: Driver, path: string, options: SqliteOptions) =>
  Effect.gen(function* () {
    const pragmas = ["foreign_keys = on", `synchronous = ${options.synchronous ?? "full"}`, "trusted_schema = off"];
    yield* attempt(() => refuseReadOnly(path));
    const writer = yield* connect(driver, path, options, ["journal_mode = wal", ...pragmas]);
    const reader = yield* connect(driver, path, options, [...pragmas, "query_only = on"]);
    return yield* closingWithScope(makeAccess(...refusingWithoutFile(path, writer, reader)), [reader, writer]);
  });

const connect = (
  driver: Driver,
  path: string,
  options: SqliteOptions,
  pragmas: readonly string[],
): Effect.Effect<Connection, StoreUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    attemptPatiently(() => {
      const database = openDatabase(driver, path);
      try {
        for (const pragma of pragmas) database.pragma(pragma);
      } catch (error) {
        database.close();
        throw error;
      }
      return makeConnection(database, options);
    }),
    ({ database }) => Effect.sync(() => database.close()),
  );

const openDatabase = (driver: Driver, path: string): Database => {
  try {
    return new driver(path, { timeout: busyTimeoutMilliseconds });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new StoreUnavailable({ reason: "its directory does not exist", retryable: false, cause: error });
  }
};

/** SQLite opens a file that may only be read without a word and would refuse the first write, hours later perhaps. */
const refuseReadOnly = (path: string): void => {
  if (!existsSync(path)) return;
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new StoreUnavailable({ reason: "the file or its directory is read-only", retryable: false, cause: error });
  }
};

/** Scopes close in reverse order, so the wait for the transaction in flight comes before the connections close. */
const closingWithScope = (access: Access, _connections: readonly Connection[]) =>
  Effect.acquireRelease(Effect.succeed(access), ({ whenIdle }) => whenIdle(Effect.void));
