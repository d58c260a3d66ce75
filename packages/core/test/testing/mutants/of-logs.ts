import * as Effect from "effect/Effect";
import { type Mutant, withFaultIn, withoutTransactions } from "./faulty.ts";

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
    fault: "two first keys are kept",
    module: () =>
      withoutTransactions(
        withFaultIn("keys", ({ keys }) => ({
          insertFirst: Effect.fnUntraced(function* (key) {
            const isThere = (yield* keys.list()).some(({ purpose }) => purpose === key.purpose);
            if (isThere) return false;
            yield* Effect.yieldNow;
            yield* keys.insertFirst(key);
            return true;
          }),
        })),
      ),
    broken: "of 50 callers who insert the first key exactly one succeeds",
  },
];
