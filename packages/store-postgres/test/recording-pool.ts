import pg from "pg";
import type { PostgresPool } from "../src/index.ts";

/** A statement as it was sent. */
export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A pool that notes what is sent through it. */
export interface RecordingPool extends PostgresPool {
  /** What was sent since the last call. */
  readonly take: () => readonly Sent[];
  readonly end: () => Promise<void>;
}

export const recordingPool = (connectionString: string): RecordingPool => {
  const pool = new pg.Pool({ connectionString });
  let sent: Sent[] = [];
  return {
    connect: async () => {
      const client = await pool.connect();
      return {
        query: (query) => {
          sent.push({ text: query.text, values: query.values });
          return client.query(query);
        },
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
      };
    },
    on: (event, listener) => pool.on(event, listener),
    removeListener: (event, listener) => pool.removeListener(event, listener),
    take: () => {
      const taken = sent;
      sent = [];
      return taken;
    },
    end: () => pool.end(),
  };
};
