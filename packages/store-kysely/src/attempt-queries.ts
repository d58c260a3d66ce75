import { type RawBuilder, type Selectable, type SqlBool, sql } from "kysely";
import type { Builder } from "./builder.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { AttemptsTable } from "./tables.ts";

export type AttemptRow = Omit<Selectable<AttemptsTable>, "tenant" | "expires_at">;

const columns = ["login_key", "address_key", "failures", "failed_at", "wait_ms", "familiar_until"] as const;

interface Key {
  readonly tenant: string;
  readonly login: Uint8Array;
  readonly address: Uint8Array;
}

interface Failure extends Key {
  readonly at: number;
  readonly from: number;
  readonly firstWait: number;
  readonly longestWait: number;
  readonly ceiling: number;
  readonly ceilingWait: number;
  readonly forgottenBefore: number;
  readonly keptUntil: number;
}

interface Success extends Key {
  readonly at: number;
  readonly familiarUntil: number;
}

interface AttemptQueries {
  readonly find: FixedQuery<Key & { any: Uint8Array }, AttemptRow>;
  readonly recordFailure: FixedQuery<Failure, AttemptRow>;
  readonly recordSuccess: FixedQuery<Success, unknown>;
  readonly clear: FixedQuery<{ tenant: string; login: Uint8Array }, unknown>;
  readonly removeExpired: FixedQuery<{ before: number; limit: number }, unknown>;
}

/** Whether there is a wait is asked by the statement that writes: nobody gets in between. */
export const attemptQueries = (db: Builder): AttemptQueries => ({
  find: fixedQuery((value: HoleOf<Key & { any: Uint8Array }>) =>
    db
      .selectFrom("muster_attempts")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("login_key", "in", [value("login"), value("any")])
      .where("address_key", "in", [value("address"), value("any")]),
  ),

  recordFailure: fixedQuery((value: HoleOf<Failure>) =>
    db
      .insertInto("muster_attempts")
      .values({
        tenant: value("tenant"),
        login_key: value("login"),
        address_key: value("address"),
        failures: 1,
        failed_at: value("at"),
        wait_ms: 0,
        familiar_until: 0,
        expires_at: value("keptUntil"),
      })
      .onConflict((conflict) =>
        conflict
          .columns(["tenant", "login_key", "address_key"])
          .doUpdateSet({
            failures: sql<number>`case when ${waitEnd} <= ${value("forgottenBefore")} then 1 else ${failures} + 1 end`,
            wait_ms: sql<number>`case
              when ${waitEnd} <= ${value("forgottenBefore")} then 0
              when ${failures} + 1 >= ${value("ceiling")} then ${whole(value("ceilingWait"))}
              when ${failures} + 1 < ${value("from")} then 0
              when ${wait} = 0 then ${whole(value("firstWait"))}
              when ${wait} * 2 < ${value("longestWait")} then ${wait} * 2
              else ${whole(value("longestWait"))} end`,
            failed_at: value("at"),
            expires_at: sql<number>`case
              when ${familiarUntil} > ${value("keptUntil")} then ${familiarUntil}
              else ${whole(value("keptUntil"))} end`,
          })
          .where(hasNoWait(value("at"))),
      )
      .returning(columns),
  ),

  recordSuccess: fixedQuery((value: HoleOf<Success>) =>
    db
      .insertInto("muster_attempts")
      .values({
        tenant: value("tenant"),
        login_key: value("login"),
        address_key: value("address"),
        failures: 0,
        failed_at: value("at"),
        wait_ms: 0,
        familiar_until: value("familiarUntil"),
        expires_at: value("familiarUntil"),
      })
      .onConflict((conflict) =>
        conflict
          .columns(["tenant", "login_key", "address_key"])
          .doUpdateSet({
            failures: 0,
            wait_ms: 0,
            failed_at: value("at"),
            familiar_until: value("familiarUntil"),
            expires_at: value("familiarUntil"),
          })
          .where(hasNoWait(value("at"))),
      ),
  ),

  clear: fixedQuery((value: HoleOf<{ tenant: string; login: Uint8Array }>) =>
    db
      .updateTable("muster_attempts")
      .set((eb) => ({ failures: eb.lit(0), wait_ms: eb.lit(0) }))
      .where("tenant", "=", value("tenant"))
      .where("login_key", "=", value("login"))
      .where("failures", ">", 0),
  ),

  removeExpired: fixedQuery((value: HoleOf<{ before: number; limit: number }>) =>
    db.deleteFrom("muster_attempts").where(
      (eb) => eb.refTuple("tenant", "login_key", "address_key"),
      "in",
      (eb) =>
        eb
          .selectFrom("muster_attempts as a")
          .select(["a.tenant", "a.login_key", "a.address_key"])
          .where("a.expires_at", "<", value("before"))
          .orderBy("a.expires_at")
          .limit(value("limit"))
          .$asTuple("tenant", "login_key", "address_key"),
    ),
  ),
});

const failures = sql.ref("muster_attempts.failures");
const wait = sql.ref("muster_attempts.wait_ms");
const familiarUntil = sql.ref("muster_attempts.familiar_until");
const waitEnd = sql<number>`${sql.ref("muster_attempts.failed_at")} + ${wait}`;

const hasNoWait = (at: number): RawBuilder<SqlBool> => sql`(${wait} = 0 or ${waitEnd} <= ${at})`;

/** PostgreSQL takes a parameter for text where nothing says otherwise. */
const whole = (number: number): RawBuilder<number> => sql<number>`cast(${number} as bigint)`;
