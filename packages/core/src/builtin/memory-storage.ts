import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Semaphore from "effect/Semaphore";
import type { Storage, StoreModule, Stores } from "../ports/storage.ts";
import { memoryAttempts } from "./memory-attempts.ts";
import { memoryCredentials } from "./memory-credentials.ts";
import { memoryGrants } from "./memory-grants.ts";
import { memoryGroups } from "./memory-groups.ts";
import { memoryInvitations } from "./memory-invitations.ts";
import { type Journal, makeJournal } from "./memory-journal.ts";
import { memoryAccessChanges, memoryAudit, memoryKeys } from "./memory-logs.ts";
import { memoryOneTimeTokens } from "./memory-one-time-tokens.ts";
import { memoryOutbox } from "./memory-outbox.ts";
import { memorySecondFactors } from "./memory-second-factors.ts";
import { memorySessions } from "./memory-sessions.ts";
import { emptyTables, type Run, type Tables } from "./memory-tables.ts";
import { memoryUsers } from "./memory-users.ts";

/**
 * Keeps everything in this process's memory: for tests, trials and as the meaning every other store is measured by.
 *
 * The database belongs to the module: opened again, it still holds what it held; a second `memoryStore()` is another
 * database. Transactions run one at a time. A call outside a transaction is a transaction of its own: it waits for the
 * one in flight and then sees committed rows only, so a body that calls any storage but its own waits for itself
 * forever. There are no host transactions: `within` throws.
 */
export const memoryStore = (): StoreModule => {
  const storage = makeStorage(emptyTables());
  return { name: "memory", open: Effect.succeed(storage) };
};

const makeStorage = (tables: Tables): Storage => {
  const gate = Semaphore.makeUnsafe(1);

  const inTransaction = <A, E>(work: (journal: Journal) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
    gate.withPermit(
      Effect.suspend(() => {
        const journal = makeJournal();
        return Effect.onExit(
          Effect.suspend(() => work(journal)),
          (exit) => Effect.sync(() => journal.end(Exit.isSuccess(exit))),
        );
      }),
    );

  const runWithin =
    (journal: Journal): Run =>
    (statement) =>
      Effect.suspend(() => {
        journal.mustBeOpen();
        return statement(journal);
      });

  return {
    ...storesOf(tables, inTransaction),
    transact: (body) => inTransaction((journal) => body(storesOf(tables, runWithin(journal)))),
    within: () => {
      throw new Error("The in-memory store has no host transactions to work within.");
    },
    check: () => Effect.void,
  };
};

const storesOf = (tables: Tables, run: Run): Stores => ({
  users: memoryUsers(tables, run),
  credentials: memoryCredentials(tables, run),
  sessions: memorySessions(tables, run),
  oneTimeTokens: memoryOneTimeTokens(tables, run),
  secondFactors: memorySecondFactors(tables, run),
  attempts: memoryAttempts(tables, run),
  invitations: memoryInvitations(tables, run),
  groups: memoryGroups(tables, run),
  grants: memoryGrants(tables, run),
  keys: memoryKeys(tables, run),
  audit: memoryAudit(tables, run),
  accessChanges: memoryAccessChanges(tables, run),
  outbox: memoryOutbox(tables, run),
});
