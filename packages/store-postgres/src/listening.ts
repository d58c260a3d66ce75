import type { AccessChange, InvalidConfiguration } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { changeIn } from "./access-messages.ts";
import { makeConnection, type Observer } from "./connection.ts";
import type { PostgresClient, PostgresPool } from "./driver.ts";
import { sqlStateOf, unavailable } from "./failures.ts";
import { type ConnectionOptions, type GivenPool, openPool } from "./pools.ts";

/** What is called with every change that is told of. */
export type Hear = (change: AccessChange) => void;

/** Tells listeners of changes of access that any process on the database commits, while it has a connection. */
export interface Listening {
  /** A connection is held from the first listener on until the last one leaves. Answers how to leave. */
  readonly join: (hear: Hear) => () => void;
  /** Everybody leaves, for good. */
  readonly close: () => void;
}

/** Whether, and by which way, a process is told of changes. */
export interface ListeningOptions {
  /**
   * Whether this process holds a connection over which it is told at once whose access another process changed;
   * without one it learns so within a second, from the feed. `true` unless a pool is given: there it would be one
   * connection of that pool, out of it from the first token that is checked until the store is closed. A connection
   * string is another way to the same database, for when the usual one leads through a pooler of transactions.
   */
  readonly listen?: boolean | string;
}

/** A connection that is refused or breaks is tried again after pauses of random, growing length. */
const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 60_000;

/** For as long as the scope is open; undefined when nobody is to listen. */
export const openListening = (
  options: (GivenPool | ConnectionOptions) & ListeningOptions & Observer,
  channel: string,
): Effect.Effect<Listening | undefined, InvalidConfiguration, Scope.Scope> => {
  const { listen = options.pool === undefined } = options;
  if (listen === false) return Effect.succeed(undefined);
  return Effect.flatMap(poolOfOne(options, listen), (found) =>
    Effect.acquireRelease(
      Effect.sync(() => makeListening(found, channel, options)),
      ({ close }) => Effect.sync(close),
    ),
  );
};

/** One connection beside those of the pool, unless the pool is the host's. */
const poolOfOne = (options: GivenPool | ConnectionOptions, listen: true | string) => {
  if (options.pool === undefined) {
    return openPool({
      ...options,
      connectionString: listen === true ? options.connectionString : listen,
      maxConnections: 1,
    });
  }
  return listen === true ? Effect.succeed(options.pool) : openPool({ connectionString: listen, maxConnections: 1 });
};

/** @param pool where the connection comes from: it is out of it for as long as somebody listens. */
export const makeListening = (pool: PostgresPool, channel: string, observer: Observer): Listening => {
  const listeners = new Set<Hear>();
  let isClosed = false;
  let stop = (): void => {};
  const tell = (message: unknown): void => {
    const change = changeIn(message, channel);
    if (change !== undefined) for (const hear of listeners) hear(change);
  };
  return {
    join: (hear) => {
      if (isClosed) return () => {};
      // The same function may join twice.
      const listener: Hear = (change) => hear(change);
      listeners.add(listener);
      if (listeners.size === 1) stop = keepListening(pool, channel, observer, tell);
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) stop();
      };
    },
    close: () => {
      isClosed = true;
      listeners.clear();
      stop();
    },
  };
};

/** Until it is told to stop, or knows that no message will ever come. Keeps no process alive. */
const keepListening = (
  pool: PostgresPool,
  channel: string,
  observer: Observer,
  tell: (message: unknown) => void,
): (() => void) => {
  let isWanted = true;
  let timer: NodeJS.Timeout | undefined;
  let pause = firstPauseMilliseconds;
  let leave = (): void => {};

  const tryAgain = (): void => {
    if (!isWanted) return;
    timer = setTimeout(() => void attempt(), pause * (0.5 + Math.random()));
    timer.unref();
    pause = Math.min(pause * 2, longestPauseMilliseconds);
  };

  const attempt = async (): Promise<void> => {
    const client = await pool.connect().catch(() => undefined);
    if (client === undefined) return tryAgain();
    let isHeld = true;
    leave = (): void => {
      if (!isHeld) return;
      isHeld = false;
      client.removeListener("notification", tell);
      // Whoever closes the store waits for the end of this connection: the process must not end before that.
      client.ref?.();
      client.release(true);
      // By now the pool listens for errors of this client; without a listener one would end the process.
      client.removeListener("error", lost);
    };
    const lost = (): void => {
      leave();
      tryAgain();
    };
    client.on("error", lost);
    client.on("notification", tell);
    client.unref?.();
    if (!isWanted) return leave();
    try {
      if (!(await isListening(client, channel, observer))) return leave();
      pause = firstPauseMilliseconds;
    } catch (error) {
      // A database that knows no `listen` says so in an error that no repetition helps against.
      if (sqlStateOf(error) !== undefined && unavailable(error)?.retryable !== true) return leave();
      if (isHeld) lost();
    }
  };

  void attempt();
  return () => {
    isWanted = false;
    clearTimeout(timer);
    leave();
  };
};

/**
 * Not through a pooler that hands out connections per transaction: messages would come to a connection that is somebody
 * else's by then. Such a pooler makes up the process that it tells its clients of.
 */
const isListening = async (client: PostgresClient, channel: string, observer: Observer): Promise<boolean> => {
  const connection = makeConnection(client, observer);
  const { rows } = await connection.query({ sql: "select pg_catalog.pg_backend_pid() as pid", parameters: [] });
  const [found] = rows as readonly { readonly pid: number }[];
  if (typeof client.processID === "number" && found?.pid !== client.processID) return false;
  await connection.query({ sql: `listen "${channel}"`, parameters: [] });
  return true;
};
