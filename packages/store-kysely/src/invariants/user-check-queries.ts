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

  // Each text is one look-up: a join might read the whole table once for each of them.
  identifiers: (tenant, numbered) =>
    compiled(
      db
        .selectFrom(dialect.eachText(numbered).as("e"))
        .select("e.value")
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom("muster_user_identifiers as i")
              .select("i.user_seq")
              .where("i.tenant", "=", tenant)
              .where("i.canonical", "=", textOf(eb.ref("e.value")))
              .where("i.user_seq", "=", numberOf(eb.ref("e.value"))),
          ),
        ),
    ),

  marks: (tenant, numbered) =>
    compiled(
      db
        .selectFrom(dialect.eachText(numbered).as("e"))
        .select("e.value")
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom("muster_users as u")
              .select("u.seq")
              .where("u.tenant", "=", tenant)
              .where("u.seq", "=", numberOf(eb.ref("e.value")))
              .where((user) =>
                user.exists(
                  user
                    .selectFrom("muster_user_marks as m")
                    .select("m.user_seq")
                    .whereRef("m.tenant", "=", "u.tenant")
                    .where("m.mark", "=", textOf(user.ref("e.value")))
                    .whereRef("m.created_at", "=", "u.created_at")
                    .whereRef("m.user_id", "=", "u.id")
                    .whereRef("m.user_seq", "=", "u.seq"),
                ),
              ),
          ),
        ),
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
