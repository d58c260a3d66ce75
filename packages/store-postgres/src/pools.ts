import type { InvalidConfiguration } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { makePool, type OwnPool, type PostgresPool } from "./driver.ts";
import { acquireMilliseconds } from "./lending.ts";

/** A pool of our own, closed with the store. */
export interface ConnectionOptions {
  readonly pool?: never;
  /** `postgres://user:password@host:port/database`, with the parameters that pg knows. */
  readonly connectionString: string;
  /** At most so many connections, 10 unless given. */
  readonly maxConnections?: number;
  /** How connections are named in `pg_stat_activity`: what the connection string says, or `muster`, unless given. */
  readonly applicationName?: string;
  /**
   * After so many milliseconds the server cancels a statement, 5000 unless given. It is sent while connecting. A pooler
   * that knows no such parameter (pgbouncer without it in `ignore_startup_parameters`) refuses the connection: 0 sends
   * nothing, the limit is then to be set for the database's user.
   */
  readonly statementTimeoutMilliseconds?: number;
}

/** A pool of the host's: used, never ended. Its limits (connections, timeouts) are the host's to set. */
export interface GivenPool {
  readonly pool: PostgresPool;
  readonly connectionString?: never;
}

const statementMilliseconds = 5_000;
const connections = 10;

/** What is wrong with the options of a pool, in a sentence; undefined when nothing is. */
export const refusalOfPool = (options: GivenPool | ConnectionOptions): string | undefined => {
  const { pool, connectionString } = options;
  if ((pool === undefined) === (connectionString === undefined)) return "it takes either pool or connectionString";
  if (pool !== undefined) return typeof pool?.connect === "function" ? undefined : "pool is a Pool of pg";
  if (!isConnectionString(connectionString)) return "connectionString begins with postgres://";
  const { maxConnections = connections, statementTimeoutMilliseconds = statementMilliseconds } = options;
  if (!Number.isInteger(maxConnections) || maxConnections < 1) return "maxConnections is a whole number from 1";
  if (!Number.isInteger(statementTimeoutMilliseconds) || statementTimeoutMilliseconds < 0) {
    return "statementTimeoutMilliseconds is a whole number from 0";
  }
  return undefined;
};

export const isConnectionString = (text: unknown): boolean =>
  typeof text === "string" && /^postgres(ql)?:\/\//.test(text);

/** For as long as the scope is open. A pool of our own is ended then, the host's is not. */
export const openPool = (
  options: GivenPool | ConnectionOptions,
): Effect.Effect<PostgresPool, InvalidConfiguration, Scope.Scope> =>
  Effect.tap(options.pool === undefined ? ownPool(options) : Effect.succeed(options.pool), survivingLosses);

const ownPool = (options: ConnectionOptions): Effect.Effect<OwnPool, InvalidConfiguration, Scope.Scope> => {
  const { statementTimeoutMilliseconds: timeout = statementMilliseconds } = options;
  return Effect.acquireRelease(
    makePool({
      connectionString: options.connectionString,
      max: options.maxConnections ?? connections,
      application_name: options.applicationName,
      fallback_application_name: "muster",
      statement_timeout: timeout === 0 ? undefined : timeout,
      connectionTimeoutMillis: acquireMilliseconds,
      keepAlive: true,
      keepAliveInitialDelayMillis: quietMilliseconds,
      allowExitOnIdle: true,
    }),
    (pool) => Effect.promise(() => pool.end()),
  );
};

/** A connection that is quiet for so long is looked after, so that one whose other end is gone is noticed. */
const quietMilliseconds = 10_000;

/** A pool that nobody listens to ends the process when the server closes an idle connection: also a host's pool. */
const survivingLosses = (pool: PostgresPool) =>
  Effect.acquireRelease(
    Effect.sync(() => pool.on("error", ignored)),
    () => Effect.sync(() => pool.removeListener("error", ignored)),
  );

const ignored = (): void => {};
