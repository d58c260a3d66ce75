import * as Effect from "effect/Effect";
import { memoryStore } from "../../../src/builtin/memory-storage.ts";
import type { Storage, StoreModule } from "../../../src/ports/storage.ts";
import { type Mutant, withFaultIn, withoutTransactions } from "./faulty.ts";

/** The in-memory store, which tells nobody of changes, with a way of telling. */
const telling = (onAccessChange: NonNullable<Storage["onAccessChange"]>): StoreModule => {
  const { name, open } = memoryStore();
  return { name, open: Effect.map(open, (storage): Storage => ({ ...storage, onAccessChange })) };
};

export const mutantsOfLogs: readonly Mutant[] = [
  {
    fault: "the audit log is listed oldest first",
    module: () =>
      withFaultIn("audit", ({ audit }) => ({
        list: (tenant, selection) => Effect.map(audit.list(tenant, selection), (events) => events.toReversed()),
      })),
    broken: "events are listed newest first by id, in whatever order they came",
  },
  {
    fault: "the audit log shows the events of another tenant",
    module: () =>
      withFaultIn("audit", ({ audit }) => ({
        list: (tenant, selection) =>
          Effect.zipWith(audit.list("other", selection), audit.list(tenant, selection), (theirs, ours) =>
            [...theirs, ...ours].slice(0, selection.limit),
          ),
      })),
    broken: "another tenant sees none of it",
  },
  {
    fault: "nobody is told of pruned changes",
    module: () =>
      withFaultIn("accessChanges", ({ accessChanges }) => ({
        since: (cursor) => Effect.map(accessChanges.since(cursor), (page) => ({ ...page, gap: false })),
      })),
    broken: "a reader that missed pruned entries is told of the gap",
  },
  {
    fault: "access changes are read in another order",
    module: () =>
      withFaultIn("accessChanges", ({ accessChanges }) => ({
        since: (cursor) =>
          Effect.map(accessChanges.since(cursor), (page) => ({
            ...page,
            changes: page.changes.toSorted((left, right) => (left.userId < right.userId ? -1 : 1)),
          })),
      })),
    broken: "what was appended after a cursor is read in order, over all tenants",
  },
  {
    fault: "a reader steps over the change behind its cursor",
    module: () =>
      withFaultIn("accessChanges", ({ accessChanges }) => ({ since: (cursor) => accessChanges.since(cursor + 1) })),
    broken: "a reader goes on where the last page ended",
  },
  {
    fault: "whoever listens is told nothing",
    module: () => telling(() => () => {}),
    broken: "whoever listens is told what a second process committed, where the database can tell",
  },
  {
    fault: "whoever listens is told of somebody else",
    module: () =>
      telling((hear) => {
        hear({ tenant: "acme", userId: "joe" });
        return () => {};
      }),
    broken: "whoever listens is told what a second process committed, where the database can tell",
  },
  {
    fault: "two first keys are kept",
    module: () =>
      withoutTransactions(
        withFaultIn("keys", ({ keys }) => ({
          insert: Effect.fnUntraced(function* (key) {
            const isThere = (yield* keys.list()).some(({ purpose }) => purpose === key.purpose);
            if (isThere) return false;
            yield* Effect.yieldNow;
            return yield* keys.insert({ ...key, follows: key.id });
          }),
        })),
      ),
    broken: "of 50 callers who insert the first key exactly one succeeds",
  },
];
