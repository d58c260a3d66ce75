import type { Statement } from "@muster/store-kysely";
import type { PostgresClient, PostgresResult } from "./driver.ts";
import { rowTypes } from "./row-types.ts";

/** Sees what a store does; for tests and logs. */
export interface Observer {
  /** Every statement that is sent, `begin` and `commit` included. */
  readonly onStatement?: (sql: string) => void;
}

/**
 * How long an answer is waited for before the connection counts as lost: longer than the server lets a statement run,
 * so that this speaks up only when nobody does.
 */
export const answerMilliseconds = 10_000;

/** A client out of a pool. Rejects with what pg rejects with. */
export interface Connection {
  readonly query: (statement: Statement) => Promise<PostgresResult>;
}

/** Statements are sent one after the other, whoever sends them: pg is about to refuse anything else. */
export const makeConnection = (
  client: PostgresClient,
  { onStatement }: Observer,
  patience: number = answerMilliseconds,
): Connection => {
  let previous: Promise<unknown> = Promise.resolve();
  const send = ({ sql, parameters }: Statement): Promise<PostgresResult> => {
    onStatement?.(sql);
    return client.query({ text: sql, values: [...parameters], types: rowTypes, query_timeout: patience });
  };
  return {
    query: (statement) => {
      const result = previous.then(() => send(statement));
      previous = result.catch(() => {});
      return result;
    },
  };
};
