import type { ClaimedEntry, JsonObject, Outbox, OutboxEntry, OutboxState } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { compiled } from "./fixed-query.ts";
import { type OutboxRow, outboxColumns, outboxQueries } from "./outbox-queries.ts";

export const outbox = (db: Builder): ((executor: Executor) => Outbox) => {
  const queries = outboxQueries(db);

  type Settle = typeof queries.bury;
  const valuesOfClaim = ({ tenant, id, attempts }: ClaimedEntry, at: Date) => ({
    tenant,
    id,
    attempts,
    at: at.getTime(),
  });

  /** Ends an entry that nobody claimed since, and calls the next in line. */
  const end = (executor: Executor, query: Settle, claimed: ClaimedEntry, at: Date) =>
    executor.atomically((tx) =>
      Effect.gen(function* () {
        const line = yield* tx.first(query(valuesOfClaim(claimed, at)));
        if (line === undefined) return false;
        yield* tx.run(queries.callNext(line));
        return true;
      }),
    );

  return (executor) => ({
    append: (tenant, entry) => Effect.asVoid(executor.run(queries.append({ tenant, ...valuesOf(entry) }))),

    claim: ({ topic, now, leaseUntil, limit }) =>
      Effect.map(
        executor.atomically((tx) =>
          Effect.gen(function* () {
            const rows = yield* tx.all(
              queries.claim({ topic, now: now.getTime(), until: leaseUntil.getTime(), limit }),
            );
            if (rows.length < limit)
              yield* tx.run(queries.postpone({ topic, now: now.getTime(), limit: mostPostponed }));
            return rows;
          }),
        ),
        (rows) => [...rows].sort((left, right) => Number(left.seq) - Number(right.seq)).map(entryOf),
      ),

    nextAvailable: (topic) =>
      Effect.map(executor.first(queries.nextAvailable({ topic })), (row) =>
        Option.map(Option.fromUndefinedOr(row), ({ available_at }) => new Date(Number(available_at))),
      ),

    acknowledge: (claimed, at) => end(executor, queries.acknowledge, claimed, at),
    bury: (claimed, at) => end(executor, queries.bury, claimed, at),
    putBack: (claimed, availableAt) =>
      Effect.map(executor.run(queries.putBack(valuesOfClaim(claimed, availableAt))), (changed) => changed === 1),

    list: (tenant, { topic, state, userId, olderThanId, limit }) => {
      let query = db
        .selectFrom("muster_outbox")
        .select(outboxColumns)
        .where("tenant", "=", tenant)
        .orderBy("id", "desc")
        .limit(limit);
      if (topic !== undefined) query = query.where("topic", "=", topic);
      if (state !== undefined) query = query.where("state", "=", state);
      if (userId !== undefined) query = query.where("user_id", "=", userId);
      if (olderThanId !== undefined) query = query.where("id", "<", olderThanId);
      return Effect.map(executor.all(compiled(query)), (rows) => rows.map(entryOf));
    },

    removeEndedBefore: (state, before, limit) =>
      executor.run(queries.removeEnded({ state, before: before.getTime(), limit })),
  });
};

/** At a time, by each claim that leaves something undone. */
const mostPostponed = 1_000;

const valuesOf = (entry: Parameters<Outbox["append"]>[1]) => ({
  id: entry.id,
  topic: entry.topic,
  userId: entry.userId,
  payload: JSON.stringify(entry.payload),
  createdAt: entry.createdAt.getTime(),
  availableAt: entry.availableAt.getTime(),
});

const entryOf = (row: OutboxRow): OutboxEntry => ({
  tenant: row.tenant,
  id: row.id,
  topic: row.topic,
  userId: row.user_id,
  // Inside a host's own transaction the host's driver may have parsed it.
  payload: (typeof row.payload === "string" ? JSON.parse(row.payload) : row.payload) as JsonObject,
  createdAt: new Date(Number(row.created_at)),
  availableAt: new Date(Number(row.available_at)),
  state: row.state as OutboxState,
  attempts: Number(row.attempts),
  endedAt: row.ended_at === null ? null : new Date(Number(row.ended_at)),
});
