import type { Storage, Stores } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Dialect } from "./dialect.ts";
import type { Executor } from "./executor.ts";
import { brokenInvariants } from "./invariants/broken-invariants.ts";
import { lend } from "./lent-transaction.ts";
import { makeStores } from "./stores.ts";
import { executorWithin, type KyselyTransaction } from "./within.ts";

/**
 * A storage on executors: the one for calls outside transactions, and the one that runs a body in a transaction of its
 * own (`atomically` of the first, unless a store has a better way).
 */
export const makeStorage = (dialect: Dialect, outside: Executor): Storage<KyselyTransaction> => {
  const storesOn = makeStores(dialect);

  const storageOn = (executor: Executor): Storage<KyselyTransaction> => ({
    ...storesOn(executor),
    transact: (body) => executor.atomically((inside) => body(storesInside(inside), () => lend(inside))),
    within: (transaction) => storageOn(executorWithin(transaction, dialect)),
    check: () => Effect.asVoid(executor.first({ sql: "select 1 as one", parameters: [] })),
    brokenInvariants: () => brokenInvariants(dialect, executor),
  });

  /** Stores on one and the same executor are made once. */
  const made = new WeakMap<Executor, Stores>();
  const storesInside = (executor: Executor): Stores => {
    const known = made.get(executor);
    if (known !== undefined) return known;
    const stores = storesOn(executor);
    made.set(executor, stores);
    return stores;
  };

  return storageOn(outside);
};
