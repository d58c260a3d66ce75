import { type Expression, sql } from "kysely";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Statement } from "../executor.ts";
import { compiled } from "../fixed-query.ts";
import { userColumns } from "../user/user-row.ts";
import { type KeyedRow, keyColumns } from "./derived.ts";

interface UserCheckQueries {
  readonly tenants: () => Statement<{ tenant: string }>;
  /** The next users by id. */
  readonly users: (tenant: string, afterId: string) => Statement<KeyedRow>;
  /** Those of the numbered texts that are identifiers of the user with that number. */
  readonly identifiers: (tenant: string, numbered: string) => Statement<{ value: string }>;
  /** Those of the numbered texts that are marks of the user with that number. */
  readonly marks: (tenant: string, numbered: string) => Statement<{ value: string }>;
  readonly totals: (tenant: string) => Statement<{ identifiers: number; marks: number }>;
}

const usersAtOnce = 250;

export const userCheckQueries = (db: Builder, dialect: Dialect): UserCheckQueries => ({
  tenants: () => compiled(db.selectFrom("muster_users").select("tenant").distinct()),

  users: (tenant, afterId) =>
    compiled(
      db
        .selectFrom("muster_users as u")
        .leftJoin("muster_user_sign_ins as s", (join) =>
          join.onRef("s.tenant", "=", "u.tenant").onRef("s.user_seq", "=", "u.seq"),
        )
        .select(["u.seq", ...keyColumns])
        .select(userColumns)
        .where("u.tenant", "=", tenant)
        .where("u.id", ">", afterId)
        .orderBy("u.id")
        .limit(usersAtOnce)
        .$narrowType<KeyedRow>(),
    ),

  identifiers: (tenant, numbered) =>
    compiled(
      db
        .selectFrom(dialect.eachText(numbered).as("e"))
        .innerJoin("muster_user_identifiers as i", (join) =>
          join
            .on("i.tenant", "=", tenant)
            .on((eb) => eb("i.canonical", "=", textOf(eb.ref("e.value"))))
            .on((eb) => eb("i.user_seq", "=", numberOf(eb.ref("e.value")))),
        )
        .select("e.value"),
    ),

  marks: (tenant, numbered) =>
    compiled(
      db
        .selectFrom(dialect.eachText(numbered).as("e"))
        .innerJoin("muster_users as u", (join) =>
          join.on("u.tenant", "=", tenant).on((eb) => eb("u.seq", "=", numberOf(eb.ref("e.value")))),
        )
        .innerJoin("muster_user_marks as m", (join) =>
          join
            .onRef("m.tenant", "=", "u.tenant")
            .on((eb) => eb("m.mark", "=", textOf(eb.ref("e.value"))))
            .onRef("m.created_at", "=", "u.created_at")
            .onRef("m.user_id", "=", "u.id")
            .onRef("m.user_seq", "=", "u.seq"),
        )
        .select("e.value"),
    ),

  totals: (tenant) =>
    compiled(
      db.selectNoFrom((eb) => [
        eb
          .selectFrom("muster_user_identifiers as i")
          .select((e) => e.fn.countAll<number>().as("n"))
          .where("i.tenant", "=", tenant)
          .$asScalar()
          .$notNull()
          .as("identifiers"),
        eb
          .selectFrom("muster_user_marks as m")
          .select((e) => e.fn.countAll<number>().as("n"))
          .where("m.tenant", "=", tenant)
          .$asScalar()
          .$notNull()
          .as("marks"),
      ]),
    ),
});

/** The parts of a numbered text. */
const numberOf = (value: Expression<string>) => sql<number>`cast(substr(${value}, 1, 20) as bigint)`;
const textOf = (value: Expression<string>) => sql<string>`substr(${value}, 21)`;
