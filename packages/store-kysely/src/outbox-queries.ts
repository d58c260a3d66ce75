import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Builder } from "./builder.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { OutboxTable } from "./tables.ts";

export type OutboxRow = Omit<Selectable<OutboxTable>, "not_before">;

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

/** Entries that come one after the other. */
interface Line {
  readonly tenant: string;
  readonly topic: string;
  readonly user_id: string;
}

interface OutboxQueries {
  readonly append: FixedQuery<Appended, unknown>;
  readonly claim: FixedQuery<Claim, OutboxRow>;
  readonly nextAvailable: FixedQuery<{ topic: string }, { available_at: number }>;
  readonly postpone: FixedQuery<Omit<Claim, "until">, unknown>;
  readonly acknowledge: FixedQuery<Claimed, Line>;
  readonly bury: FixedQuery<Claimed, Line>;
  readonly callNext: FixedQuery<Line, unknown>;
  readonly putBack: FixedQuery<Claimed, unknown>;
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
      not_before: value("availableAt"),
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
        () =>
          available(db, value)
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

  /** Those behind one that is not available are not looked at again before it is: they may be many. */
  postpone: fixedQuery((value: HoleOf<Omit<Claim, "until">>) =>
    db
      .updateTable("muster_outbox")
      .set({ available_at: firstInLine("muster_outbox") })
      .where(
        (eb) => eb.refTuple("tenant", "id"),
        "in",
        () =>
          available(db, value)
            .where(firstInLine("o"), ">", value("now"))
            .limit(value("limit"))
            .$asTuple("tenant", "id"),
      ),
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
    settle(db, value)
      .set({ state: sql.lit("delivered"), ended_at: value("at"), payload: "{}" })
      .returning(["tenant", "topic", "user_id"]),
  ),
  bury: fixedQuery((value: HoleOf<Claimed>) =>
    settle(db, value)
      .set({ state: sql.lit("dead"), ended_at: value("at") })
      .returning(["tenant", "topic", "user_id"]),
  ),
  callNext: fixedQuery((value: HoleOf<Line>) =>
    db
      .updateTable("muster_outbox")
      .set((eb) => ({ available_at: eb.ref("not_before") }))
      .where(
        (eb) => eb.refTuple("tenant", "id"),
        "in",
        (eb) =>
          eb
            .selectFrom("muster_outbox as e")
            .select(["e.tenant", "e.id"])
            .where("e.tenant", "=", value("tenant"))
            .where("e.topic", "=", value("topic"))
            .where("e.user_id", "=", value("user_id"))
            .where("e.state", "=", pending)
            .orderBy("e.seq")
            .limit(1)
            .$asTuple("tenant", "id"),
      ),
  ),
  putBack: fixedQuery((value: HoleOf<Claimed>) => settle(db, value).set({ available_at: value("at") })),

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

/** Entries of a topic that are available, but perhaps not the first in line. */
const available = (db: Builder, value: HoleOf<{ topic: string; now: number }>) =>
  db
    .selectFrom("muster_outbox as o")
    .select(["o.tenant", "o.id"])
    .where("o.topic", "=", value("topic"))
    .where("o.state", "=", pending)
    .where("o.available_at", "<=", value("now"));

/** Changes an entry that nobody claimed since. */
const settle = (db: Builder, value: HoleOf<Claimed>) =>
  db
    .updateTable("muster_outbox")
    .where("tenant", "=", value("tenant"))
    .where("id", "=", value("id"))
    .where("attempts", "=", value("attempts"))
    .where("state", "=", pending);

const pending = sql.lit("pending");

/** When the first of an entry's line is available. */
const firstInLine = (of: "o" | "muster_outbox"): RawBuilder<number> => {
  const own = (column: string) => sql.ref(`${of}.${column}`);
  return sql`(
    select e.available_at from ${sql.table("muster_outbox")} as e
    where e.tenant = ${own("tenant")} and e.topic = ${own("topic")} and e.user_id = ${own("user_id")} and e.state = ${pending}
    order by e.seq limit 1
  )`;
};
