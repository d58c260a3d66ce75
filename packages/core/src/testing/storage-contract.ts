import * as Effect from "effect/Effect";
import type { StoreModule } from "../ports/storage.ts";
import { accessChanges } from "./contract/access-changes.ts";
import { attempts } from "./contract/attempts.ts";
import { audit } from "./contract/audit.ts";
import { counts } from "./contract/counts.ts";
import { credentials } from "./contract/credentials.ts";
import { cursors } from "./contract/cursors.ts";
import { faults } from "./contract/faults.ts";
import { grants } from "./contract/grants.ts";
import { groups } from "./contract/groups.ts";
import { identifiers } from "./contract/identifiers.ts";
import { invitations } from "./contract/invitations.ts";
import { keys } from "./contract/keys.ts";
import { lifecycle } from "./contract/lifecycle.ts";
import { lists } from "./contract/lists.ts";
import { oneTimeTokens } from "./contract/one-time-tokens.ts";
import { outbox } from "./contract/outbox.ts";
import { outboxRaces } from "./contract/outbox-races.ts";
import { races } from "./contract/races.ts";
import type { Room } from "./contract/room.ts";
import { secondFactors } from "./contract/second-factors.ts";
import { sessions } from "./contract/sessions.ts";
import { textRoundTrips } from "./contract/texts.ts";
import { transactions } from "./contract/transactions.ts";
import { users } from "./contract/users.ts";

/** What the storage contract needs of its surroundings. */
export interface StorageContract<Transaction> {
  /** Groups cases, as `describe` of vitest, mocha or `node:test` does. */
  readonly describe: (about: string, define: () => void) => void;
  /** Registers a case, as `it` does. */
  readonly it: (sentence: string, run: () => Promise<void>) => void;
  /**
   * Answers the module of a new, empty database; called once per case. Opening the module again must open the same
   * database, as a second process would: races run over two openings. Clean up in the runner's own hook.
   */
  readonly open: () => StoreModule<Transaction> | Promise<StoreModule<Transaction>>;
}

const rooms: readonly Room[] = [
  users,
  lifecycle,
  identifiers,
  lists,
  cursors,
  counts,
  credentials,
  sessions,
  oneTimeTokens,
  secondFactors,
  attempts,
  invitations,
  groups,
  grants,
  keys,
  accessChanges,
  audit,
  outbox,
  transactions,
  races,
  outboxRaces,
  faults,
  textRoundTrips,
];

/**
 * Registers the cases that every store has to pass: the promises of the ports, races included.
 *
 * ```ts
 * storageContract({ describe, it, open: () => sqliteStore(newTemporaryFile()) });
 * ```
 *
 * Works with any runner that has `describe` and `it`; a case that is not kept rejects with an `AssertionError`, or with
 * the error or defect of the store. Cases write inside transactions only, and read inside and outside.
 */
export const storageContract = <Transaction>({ describe, it, open }: StorageContract<Transaction>): void => {
  for (const { about, cases } of rooms) {
    describe(about, () => {
      for (const [sentence, scenario] of Object.entries(cases)) {
        it(sentence, async () => {
          const module: StoreModule = await open();
          await Effect.runPromise(
            Effect.scoped(Effect.flatMap(module.open, (storage) => scenario(storage, module.open))),
          );
        });
      }
    });
  }
};
