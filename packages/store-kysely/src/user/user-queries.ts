import { sql } from "kysely";
import type { Builder } from "../builder.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "../fixed-query.ts";
import { type UserRow, userColumns } from "./user-row.ts";

interface Deleted {
  readonly tenant: string;
  readonly before: number;
  readonly limit: number;
  readonly offset: number;
}

export interface UserQueries {
  readonly find: FixedQuery<{ tenant: string; id: string }, UserRow>;
  readonly findByIdentifier: FixedQuery<{ tenant: string; canonical: string }, UserRow>;
  readonly otherEnabledAdmin: FixedQuery<{ tenant: string; id: string }, { id: string }>;
  readonly touchAdmins: FixedQuery<{ tenant: string }, { id: string }>;
  readonly deletedBefore: FixedQuery<Deleted, { id: string }>;
  readonly recordLogin: FixedQuery<{ tenant: string; id: string; at: number }, unknown>;
}

/** The queries about one user whose shape never changes. Statuses stand in them as literals, for partial indexes. */
export const userQueries = (db: Builder): UserQueries => ({
  find: fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_users as u")
      .innerJoin("muster_user_sign_ins as s", (join) =>
        join.onRef("s.tenant", "=", "u.tenant").onRef("s.user_seq", "=", "u.seq"),
      )
      .select(userColumns)
      .where("u.tenant", "=", value("tenant"))
      .where("u.id", "=", value("id")),
  ),

  findByIdentifier: fixedQuery((value: HoleOf<{ tenant: string; canonical: string }>) =>
    db
      .selectFrom("muster_user_identifiers as i")
      .innerJoin("muster_users as u", (join) =>
        join.onRef("u.tenant", "=", "i.tenant").onRef("u.seq", "=", "i.user_seq"),
      )
      .innerJoin("muster_user_sign_ins as s", (join) =>
        join.onRef("s.tenant", "=", "u.tenant").onRef("s.user_seq", "=", "u.seq"),
      )
      .select(userColumns)
      .where("i.tenant", "=", value("tenant"))
      .where("i.canonical", "=", value("canonical")),
  ),

  otherEnabledAdmin: fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_users as u")
      .select("u.id")
      .where("u.tenant", "=", value("tenant"))
      .where("u.role", "=", sql.lit("admin"))
      .where("u.status", "=", sql.lit("enabled"))
      .where("u.id", "<>", value("id"))
      .limit(1),
  ),

  touchAdmins: fixedQuery((value: HoleOf<{ tenant: string }>) =>
    db
      .updateTable("muster_users")
      .set((eb) => ({ version: eb.ref("version") }))
      .where("tenant", "=", value("tenant"))
      .where("role", "=", sql.lit("admin"))
      .where("status", "=", sql.lit("enabled"))
      .returning("id"),
  ),

  deletedBefore: fixedQuery((value: HoleOf<Deleted>) =>
    db
      .selectFrom("muster_users as u")
      .select("u.id")
      .where("u.tenant", "=", value("tenant"))
      .where("u.status", "=", sql.lit("deleted"))
      .where("u.deleted_at", "<", value("before"))
      .orderBy("u.deleted_at")
      .orderBy("u.id")
      .limit(value("limit"))
      .offset(value("offset")),
  ),

  recordLogin: fixedQuery((value: HoleOf<{ tenant: string; id: string; at: number }>) =>
    db
      .updateTable("muster_user_sign_ins")
      .set((eb) => ({
        first_login_at: eb.fn.coalesce("first_login_at", eb.val(value("at"))),
        last_login_at: value("at"),
        login_count: eb("login_count", "+", eb.lit(1)),
      }))
      .where("tenant", "=", value("tenant"))
      .where("user_seq", "=", (eb) =>
        eb
          .selectFrom("muster_users as u")
          .select("u.seq")
          .where("u.tenant", "=", value("tenant"))
          .where("u.id", "=", value("id")),
      ),
  ),
});
