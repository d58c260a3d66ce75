import * as Effect from "effect/Effect";
import { memoryStore } from "../../../src/builtin/memory-storage.ts";
import type { Storage, StoreModule, Stores } from "../../../src/ports/storage.ts";
import { type Mutant, withoutTransactions } from "./faulty.ts";

/** Reads outside see what a transaction in flight has written. */
const readingUncommitted = (): StoreModule => {
  const { name, open } = memoryStore();
  const leaky = (storage: Storage): Storage => {
    let inFlight: Stores | undefined;
    const list: Stores["users"]["list"] = (tenant, selection) =>
      Effect.suspend(() => (inFlight ?? storage).users.list(tenant, selection));
    return {
      ...storage,
      users: { ...storage.users, list },
      transact: (body) =>
        storage.transact((stores) =>
          Effect.suspend(() => {
            inFlight = stores;
            return Effect.ensuring(
              body(stores),
              Effect.sync(() => {
                inFlight = undefined;
              }),
            );
          }),
        ),
    };
  };
  return { name, open: Effect.map(open, leaky) };
};

export const mutantsOfTransactions: readonly Mutant[] = [
  {
    fault: "the rows of a failed transaction stay",
    module: () => withoutTransactions(memoryStore()),
    broken: "a transaction whose body fails leaves no trace in any store",
  },
  {
    fault: "the rows of an interrupted transaction stay",
    module: () => withoutTransactions(memoryStore()),
    broken: "50 transactions interrupted at any moment leave all of their writes or none",
  },
  {
    fault: "the last admins are counted outside the transaction",
    module: () => withoutTransactions(memoryStore()),
    broken: "two transactions that take away the last two admins cannot both succeed",
  },
  {
    fault: "readers see what is not committed",
    module: readingUncommitted,
    broken: "nobody outside sees a transaction that ends in a failure",
  },
  {
    fault: "updates of others come between reading and writing",
    module: () => withoutTransactions(memoryStore()),
    broken: "50 callers who read, wait and write all count",
  },
];
