import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { compareCodePoints } from "../kernel/text.ts";
import type { ClaimedEntry, Outbox, OutboxEntry } from "../ports/outbox.ts";
import type { Journal } from "./memory-journal.ts";
import type { Run, Tables } from "./memory-tables.ts";

export const memoryOutbox = (tables: Tables, run: Run): Outbox => {
  const { outbox, outboxMarks } = tables;

  /** Replaces an entry that nobody claimed since; answers whether it did. */
  const settle = (claimed: ClaimedEntry, changes: Partial<OutboxEntry>) =>
    run((journal) => {
      for (const [number, entry] of outbox) {
        if (entry.tenant !== claimed.tenant || entry.id !== claimed.id) continue;
        if (entry.state !== "pending" || entry.attempts !== claimed.attempts) break;
        journal.set(outbox, number, copyOf({ ...entry, ...changes }));
        return Effect.succeed(true);
      }
      return Effect.succeed(false);
    });

  return {
    append: (tenant, entry) =>
      run((journal) => {
        for (const other of outbox.values()) {
          if (other.tenant === tenant && other.id === entry.id) throw new Error("Two outbox entries with one id.");
        }
        const number = (outboxMarks.get("latest") ?? 0) + 1;
        journal.set(outboxMarks, "latest", number);
        journal.set(outbox, number, copyOf({ ...entry, tenant, state: "pending", attempts: 0, endedAt: null }));
        return Effect.void;
      }),

    claim: ({ topic, now, leaseUntil, limit }) =>
      run((journal) => {
        const due = firstInLine(tables, topic).filter(([, { availableAt }]) => availableAt <= now);
        due.sort(
          ([left, one], [right, other]) => one.availableAt.getTime() - other.availableAt.getTime() || left - right,
        );
        const claimed = due.slice(0, limit).map(([number, entry]) => claim(journal, number, entry, leaseUntil));
        return Effect.succeed(claimed.map(copyOf));
      }),

    nextAvailable: (topic) =>
      run(() => {
        const pending = [...outbox.values()].filter((entry) => entry.topic === topic && entry.state === "pending");
        const next = Math.min(...pending.map(({ availableAt }) => availableAt.getTime()));
        return Effect.succeed(pending.length === 0 ? Option.none() : Option.some(new Date(next)));
      }),

    acknowledge: (claimed, at) => settle(claimed, { state: "delivered", endedAt: at, payload: {} }),
    putBack: (claimed, availableAt) => settle(claimed, { availableAt }),
    bury: (claimed, at) => settle(claimed, { state: "dead", endedAt: at }),

    list: (tenant, { topic, state, userId, olderThanId, limit }) =>
      run(() => {
        const found = [...outbox.values()].filter(
          (entry) =>
            entry.tenant === tenant &&
            (topic === undefined || entry.topic === topic) &&
            (state === undefined || entry.state === state) &&
            (userId === undefined || entry.userId === userId) &&
            (olderThanId === undefined || compareCodePoints(entry.id, olderThanId) < 0),
        );
        found.sort((left, right) => compareCodePoints(right.id, left.id));
        return Effect.succeed(found.slice(0, limit).map(copyOf));
      }),

    removeEndedBefore: (state, before, limit) =>
      run((journal) => {
        const ended = [...outbox].filter(
          ([, entry]) => entry.state === state && entry.endedAt !== null && entry.endedAt < before,
        );
        const removed = ended.slice(0, limit);
        for (const [number] of removed) journal.remove(outbox, number);
        return Effect.succeed(removed.length);
      }),
  };

  function claim(journal: Journal, number: number, entry: OutboxEntry, availableAt: Date): OutboxEntry {
    const claimed = copyOf({ ...entry, availableAt, attempts: entry.attempts + 1 });
    journal.set(outbox, number, claimed);
    return claimed;
  }
};

/** The first pending entry of every user, with its number. */
const firstInLine = ({ outbox }: Tables, topic: string): [number, OutboxEntry][] => {
  const first = new Map<string, [number, OutboxEntry]>();
  for (const [number, entry] of outbox) {
    if (entry.topic !== topic || entry.state !== "pending") continue;
    const line = JSON.stringify([entry.tenant, entry.userId]);
    const known = first.get(line);
    if (known === undefined || number < known[0]) first.set(line, [number, entry]);
  }
  return [...first.values()];
};

const copyOf = (entry: OutboxEntry): OutboxEntry => ({
  ...entry,
  payload: structuredClone(entry.payload),
  createdAt: new Date(entry.createdAt),
  availableAt: new Date(entry.availableAt),
  endedAt: entry.endedAt === null ? null : new Date(entry.endedAt),
});
