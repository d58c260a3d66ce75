import { StoreUnavailable } from "@muster/core/ports";
import { type Connection, makeConnection, type Observer } from "./connection.ts";
import type { PostgresClient, PostgresPool } from "./driver.ts";

/** How long a call waits for a connection: one that comes later helps nobody who waits for an HTTP answer. */
export const acquireMilliseconds = 2_000;

/** A connection on loan, there or on its way. */
export interface Loan {
  /** Rejects with StoreUnavailable, or with what pg rejects with. */
  readonly connection: Promise<Connection>;
  /** Gives it back, also when it is still on its way. A broken one leaves the pool for good. */
  readonly giveBack: (isBroken?: boolean) => void;
}

/** Lends the connections of a pool. */
export interface Lending {
  readonly borrow: () => Loan;
  /** Nothing is lent any more. */
  readonly close: () => void;
}

/** @param patience how long a connection waits for an answer, in milliseconds. */
export const makeLending = (pool: PostgresPool, observer: Observer, patience?: number): Lending => {
  let isClosed = false;
  return {
    borrow: () =>
      isClosed ? { connection: Promise.reject(closed()), giveBack: () => {} } : borrow(pool, observer, patience),
    close: () => {
      isClosed = true;
    },
  };
};

const borrow = (pool: PostgresPool, observer: Observer, patience: number | undefined): Loan => {
  let client: PostgresClient | undefined;
  let isWanted = true;
  let isLost = false;
  const noteLoss = (): void => {
    isLost = true;
  };

  const giveBack = (isBroken = false): void => {
    isWanted = false;
    if (client === undefined) return;
    const returned = client;
    client = undefined;
    returned.removeListener("error", noteLoss);
    returned.release(isBroken || isLost);
  };

  const connection = new Promise<Connection>((resolve, reject) => {
    const giveUp = setTimeout(() => {
      isWanted = false;
      reject(new StoreUnavailable({ reason: "no connection became free in time", retryable: true }));
    }, acquireMilliseconds);
    pool.connect().then(
      (arrived) => {
        clearTimeout(giveUp);
        client = arrived;
        // Without a listener a server that goes away between two statements would end the process.
        arrived.on("error", noteLoss);
        if (isWanted) resolve(makeConnection(arrived, observer, patience));
        else giveBack();
      },
      (error) => {
        clearTimeout(giveUp);
        reject(error);
      },
    );
  });

  return { connection, giveBack };
};

const closed = (): StoreUnavailable => new StoreUnavailable({ reason: "it was closed", retryable: false });
