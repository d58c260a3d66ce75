import * as Effect from "effect/Effect";
import { memoryStore } from "../../../src/builtin/memory-storage.ts";
import { StoreUnavailable } from "../../../src/errors.ts";
import type { Storage, StoreModule } from "../../../src/ports/storage.ts";
import { type Mutant, withFault, withoutTransactions, withUsers } from "./faulty.ts";

/** The in-memory store with other transactions. */
const withTransact = (transact: (storage: Storage) => Storage["transact"]): StoreModule => {
  const { name, open } = memoryStore();
  return { name, open: Effect.map(open, (storage): Storage => ({ ...storage, transact: transact(storage) })) };
};

export const mutantsOfFaults: readonly Mutant[] = [
  {
    fault: "an insert that is refused for its email keeps the username",
    module: () =>
      withUsers((users) => ({
        insert: (tenant, user) =>
          Effect.tapErrorTag(users.insert(tenant, user), "EmailTaken", () =>
            users.insert(tenant, { ...user, id: `half of ${user.id}`, email: null }),
          ),
      })),
    broken: "an insert that is refused half-way leaves nothing of itself in a transaction that goes on",
  },
  {
    fault: "an update that is refused for its email changes the rest",
    module: () =>
      withUsers((users) => ({
        update: (tenant, before, after) =>
          Effect.tapErrorTag(users.update(tenant, before, after), "EmailTaken", () =>
            users.update(tenant, before, { ...after, email: before.email }),
          ),
      })),
    broken: "an update that is refused half-way leaves nothing of itself in a transaction that goes on",
  },
  {
    fault: "after a defect statements do nothing and the rest is committed",
    module: () =>
      withFault((stores) => {
        let isBroken = false;
        const { users, sessions } = stores;
        return {
          ...stores,
          users: {
            ...users,
            update: (tenant, before, after) =>
              Effect.tapDefect(users.update(tenant, before, after), () =>
                Effect.sync(() => {
                  isBroken = true;
                }),
              ),
          },
          sessions: {
            ...sessions,
            revokeAll: (tenant, userId, at) =>
              Effect.suspend(() => (isBroken ? Effect.succeed(0) : sessions.revokeAll(tenant, userId, at))),
          },
        };
      }),
    broken: "a body that swallows a defect of a statement commits all of its writes or none",
  },
  {
    fault: "the stores of a transaction write after its end",
    module: () => withoutTransactions(memoryStore()),
    broken: "the stores of a transaction that has ended write nothing",
  },
  {
    fault: "a body that fails is run again",
    module: () =>
      withTransact(
        ({ transact }) =>
          (body) =>
            Effect.retry(transact(body), { times: 2 }),
      ),
    broken: "a body that fails by itself is run once, whatever its error is called",
  },
  {
    fault: "failed transactions keep their connections",
    module: () =>
      withTransact(({ transact }) => {
        let lost = 0;
        return (body) =>
          Effect.suspend(() =>
            lost < 10
              ? Effect.onError(transact(body), () =>
                  Effect.sync(() => {
                    lost += 1;
                  }),
                )
              : Effect.fail(new StoreUnavailable({ reason: "no connection is free", retryable: true })),
          );
      }),
    broken: "after a hundred transactions that came to nothing the next ones succeed",
  },
  {
    fault: "an interrupted transaction leaves its rows",
    module: () => withoutTransactions(memoryStore()),
    broken: "a transaction interrupted while it waits for another leaves nothing, and the other goes on",
  },
];
