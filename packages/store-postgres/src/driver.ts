import { InvalidConfiguration } from "@muster/core/ports";
import * as Effect from "effect/Effect";

/** What is asked of a client: an unnamed statement, so that it is planned for its values and works behind any pooler. */
export interface PostgresQuery {
  readonly text: string;
  readonly values: unknown[];
  readonly types: { readonly getTypeParser: (oid: number, format?: unknown) => (text: string) => unknown };
  /** Milliseconds after which the client gives up the wait for an answer. */
  readonly query_timeout: number;
}

/** What a client answers. */
export interface PostgresResult {
  /** The command that was carried out, e.g. `COMMIT`. */
  readonly command: string;
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
}

/** As much of pg's `PoolClient` as is used. */
export interface PostgresClient {
  readonly query: (query: PostgresQuery) => Promise<PostgresResult>;
  /** Back into the pool, or out of it for good. */
  readonly release: (destroy?: boolean) => void;
  readonly on: (event: "error" | "notification", listener: (what: unknown) => void) => unknown;
  readonly removeListener: (event: "error" | "notification", listener: (what: unknown) => void) => unknown;
  /** The server's process that this client was told it talks to. */
  readonly processID?: number | null;
  /** The connection keeps no process alive from now on. */
  readonly unref?: () => void;
  /** It does again. */
  readonly ref?: () => void;
}

/** As much of pg's `Pool` as is used: any `Pool` of pg is one. */
export interface PostgresPool {
  readonly connect: () => Promise<PostgresClient>;
  readonly on: (event: "error", listener: (error: Error) => void) => unknown;
  readonly removeListener: (event: "error", listener: (error: Error) => void) => unknown;
}

/** A pool of our own. */
export interface OwnPool extends PostgresPool {
  readonly end: () => Promise<void>;
}

/** How a pool of our own is made; the names are those of pg. */
export interface PoolSettings {
  readonly connectionString: string;
  readonly max: number;
  readonly application_name: string | undefined;
  readonly fallback_application_name: string;
  readonly statement_timeout: number | undefined;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
  readonly allowExitOnIdle: boolean;
}

/** Loads pg when a database is opened, not before: a host that hands in a pool of its own needs no second copy. */
export const makePool = (settings: PoolSettings): Effect.Effect<OwnPool, InvalidConfiguration> =>
  Effect.tryPromise({
    try: async () => {
      const { default: pg } = await import("pg");
      const { application_name, statement_timeout, ...others } = settings;
      return new pg.Pool({
        ...others,
        ...(application_name === undefined ? {} : { application_name }),
        ...(statement_timeout === undefined ? {} : { statement_timeout }),
      });
    },
    catch: (cause) =>
      new InvalidConfiguration({
        reason: `pg could not be loaded: install it beside @muster/store-postgres (${messageOf(cause)}).`,
      }),
  });

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? cause.name) : String(cause);
