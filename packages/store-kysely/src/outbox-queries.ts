import { type Selectable, sql } from "kysely";
import type { Builder } from "./builder.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { OutboxTable } from "./tables.ts";

export type OutboxRow = Selectable<OutboxTable>;

export const outboxColumns = [
  "tenant",
  "id",
  "seq",
  "topic",
  "user_id",
  "payload",
  "created_at",
  "available_at",
  "state",
  "attempts",
  "ended_at",
] as const;

interface Appended {
  readonly tenant: string;
  readonly id: string;
  readonly topic: string;
  readonly userId: string;
  readonly payload: string;
  readonly createdAt: number;
  readonly availableAt: number;
}

interface Claim {
  readonly topic: string;
  readonly now: number;
  readonly until: number;
  readonly limit: number;
}

interface Claimed {
  readonly tenant: string;
  readonly id: string;
  readonly attempts: number;
  /** When it ended, or becomes available again. */
  readonly at: number;
}

interface OutboxQueries {
  readonly append: FixedQuery<Appended, unknown>;
  readonly claim: FixedQuery<Claim, OutboxRow>;
  readonly nextAvailable: FixedQuery<{ topic: string }, { available_at: number }>;
  readonly acknowledge: FixedQuery<Claimed, unknown>;
  readonly putBack: FixedQuery<Claimed, unknown>;
  readonly bury: FixedQuery<Claimed, unknown>;
  readonly removeEnded: FixedQuery<{ state: string; before: number; limit: number }, unknown>;
}

/** `pending` stands in them as a literal, for partial indexes. */
export const outboxQueries = (db: Builder): OutboxQueries => ({
  append: fixedQuery((value: HoleOf<Appended>) =>
    db.insertInto("muster_outbox").values({
      tenant: value("tenant"),
      id: value("id"),
      topic: value("topic"),
      user_id: value("userId"),
      payload: value("payload"),
      created_at: value("createdAt"),
      available_at: value("availableAt"),
      state: pending,
      attempts: 0,
      ended_at: null,
    }),
  ),

  claim: fixedQuery((value: HoleOf<Claim>) =>
    db
      .updateTable("muster_outbox")
      .set((eb) => ({ attempts: eb("attempts", "+", eb.lit(1)), available_at: value("until") }))
      .where(
        (eb) => eb.refTuple("tenant", "id"),
        "in",
        (eb) =>
          eb
            .selectFrom("muster_outbox as o")
            .select(["o.tenant", "o.id"])
            .where("o.topic", "=", value("topic"))
            .where("o.state", "=", pending)
            .where("o.available_at", "<=", value("now"))
            .where((e) =>
              e.not(
                e.exists(
                  e
                    .selectFrom("muster_outbox as e")
                    .select(e.lit(1).as("one"))
                    .whereRef("e.tenant", "=", "o.tenant")
                    .whereRef("e.topic", "=", "o.topic")
                    .whereRef("e.user_id", "=", "o.user_id")
                    .where("e.state", "=", pending)
                    .whereRef("e.seq", "<", "o.seq"),
                ),
              ),
            )
            .orderBy("o.available_at")
            .orderBy("o.seq")
            .limit(value("limit"))
            .$asTuple("tenant", "id"),
      )
      .returning(outboxColumns),
  ),

  nextAvailable: fixedQuery((value: HoleOf<{ topic: string }>) =>
    db
      .selectFrom("muster_outbox")
      .select("available_at")
      .where("topic", "=", value("topic"))
      .where("state", "=", pending)
      .orderBy("available_at")
      .limit(1),
  ),

  acknowledge: fixedQuery((value: HoleOf<Claimed>) =>
    settle(db, value).set({ state: sql.lit("delivered"), ended_at: value("at"), payload: "{}" }),
  ),
  putBack: fixedQuery((value: HoleOf<Claimed>) => settle(db, value).set({ available_at: value("at") })),
  bury: fixedQuery((value: HoleOf<Claimed>) =>
    settle(db, value).set({ state: sql.lit("dead"), ended_at: value("at") }),
  ),

  removeEnded: fixedQuery((value: HoleOf<{ state: string; before: number; limit: number }>) =>
    db.deleteFrom("muster_outbox").where(
      (eb) => eb.refTuple("tenant", "id"),
      "in",
      (eb) =>
        eb
          .selectFrom("muster_outbox as o")
          .select(["o.tenant", "o.id"])
          .where("o.state", "=", value("state"))
          .where("o.state", "<>", pending)
          .where("o.ended_at", "<", value("before"))
          .orderBy("o.ended_at")
          .limit(value("limit"))
          .$asTuple("tenant", "id"),
    ),
  ),
});

/** Changes an entry that nobody claimed since. */
const settle = (db: Builder, value: HoleOf<Claimed>) =>
  db
    .updateTable("muster_outbox")
    .where("tenant", "=", value("tenant"))
    .where("id", "=", value("id"))
    .where("attempts", "=", value("attempts"))
    .where("state", "=", pending);

const pending = sql.lit("pending");
