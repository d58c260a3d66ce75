import * as Effect from "effect/Effect";
import type { NewOutboxEntry, OutboxEntry } from "../../../src/ports/outbox.ts";
import type { Stores } from "../../../src/ports/storage.ts";
import { moment } from "../../../src/testing/index.ts";
import { type Mutant, withFaultIn, withoutTransactions } from "./faulty.ts";

type Fault = (stores: Stores) => Partial<Stores["outbox"]>;
const withOutbox = (fault: Fault) => withFaultIn("outbox", fault);

export const mutantsOfOutbox: readonly Mutant[] = [
  {
    fault: "an entry is claimed by reading, then writing",
    module: () =>
      withoutTransactions(
        withOutbox(({ outbox }) => ({
          claim: Effect.fnUntraced(function* (claim) {
            const found = yield* outbox.list("acme", { topic: claim.topic, state: "pending", limit: claim.limit });
            const due = found.filter(({ availableAt }) => availableAt <= claim.now);
            yield* Effect.yieldNow;
            yield* outbox.claim(claim);
            return due.map((entry): OutboxEntry => ({ ...entry, attempts: entry.attempts + 1 }));
          }),
        })),
      ),
    broken: "of 50 relays exactly one gets an entry, and again one when its lease runs out",
  },
  {
    fault: "a lease never runs out",
    module: () =>
      withOutbox(({ outbox }) => ({ claim: (claim) => outbox.claim({ ...claim, leaseUntil: moment(1e12) }) })),
    broken: "of 50 relays exactly one gets an entry, and again one when its lease runs out",
  },
  {
    fault: "each entry is a line of its own",
    module: () => {
      const lines = new Map<string, string>();
      const apart = (entry: NewOutboxEntry): NewOutboxEntry => {
        lines.set(entry.id, entry.userId);
        return { ...entry, userId: `${entry.userId} ${entry.id}` };
      };
      return withOutbox(({ outbox }) => ({
        append: (tenant, entry) => outbox.append(tenant, apart(entry)),
        claim: (claim) =>
          Effect.map(outbox.claim(claim), (entries) =>
            entries.map((entry) => ({ ...entry, userId: lines.get(entry.id) ?? entry.userId })),
          ),
      }));
    },
    broken: "while many relays work each entry is delivered once, those of a user in order",
  },
  {
    fault: "whoever was late acknowledges what another works on",
    module: () =>
      withOutbox(({ outbox }) => ({
        acknowledge: Effect.fnUntraced(function* (claimed, at) {
          const found = yield* outbox.list(claimed.tenant, { limit: 100 });
          const current = found.find(({ id }) => id === claimed.id) ?? claimed;
          return yield* outbox.acknowledge(current, at);
        }),
      })),
    broken: "whoever lost a lease can settle nothing",
  },
  {
    fault: "dead entries go on holding up those behind them",
    module: () => withOutbox(({ outbox }) => ({ bury: (claimed) => outbox.putBack(claimed, moment(1e12)) })),
    broken: "a buried entry is dead, keeps its payload and holds up nobody",
  },
  {
    fault: "the payload of a delivered entry stays",
    module: () => {
      const payloads = new Map<string, NewOutboxEntry["payload"]>();
      return withOutbox(({ outbox }) => ({
        append: (tenant, entry) => {
          payloads.set(entry.id, entry.payload);
          return outbox.append(tenant, entry);
        },
        list: (tenant, selection) =>
          Effect.map(outbox.list(tenant, selection), (entries) =>
            entries.map((entry) => ({ ...entry, payload: payloads.get(entry.id) ?? entry.payload })),
          ),
      }));
    },
    broken: "a delivered entry keeps no payload and is never claimed again",
  },
];
