import type { User } from "@muster/core/ports";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Statement } from "../executor.ts";
import { compiled, type FixedQuery, fixedQuery, type HoleOf } from "../fixed-query.ts";
import { type UserRow, type UserValues, userColumns } from "./user-row.ts";

interface NewSignIns {
  readonly tenant: string;
  readonly userSeq: number;
  readonly userId: string;
  readonly firstLoginAt: number | null;
  readonly lastLoginAt: number | null;
  readonly loginCount: number;
}

/** `marks` and `forms` are arrays of texts as JSON. */
interface Marked {
  readonly tenant: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly marks: string;
}

interface WriteQueries {
  readonly insertUser: FixedQuery<UserValues & { tenant: string; id: string }, { seq: number }>;
  readonly updateUser: (tenant: string, before: User, changes: Partial<UserValues>) => Statement<{ seq: number }>;
  readonly findVersion: FixedQuery<{ tenant: string; id: string; version: number }, { seq: number }>;
  readonly findDeleted: FixedQuery<{ tenant: string; id: string }, UserRow & { seq: number }>;
  readonly insertSignIns: FixedQuery<NewSignIns, unknown>;
  readonly addIdentifiers: FixedQuery<{ tenant: string; userSeq: number; forms: string }, { canonical: string }>;
  readonly removeIdentifier: FixedQuery<{ tenant: string; canonical: string }, unknown>;
  readonly addMarks: FixedQuery<Marked & { userSeq: number }, unknown>;
  readonly removeMarks: FixedQuery<Marked, unknown>;
  readonly removeSessions: FixedQuery<{ tenant: string; userId: string }, unknown>;
  readonly removeCredentials: FixedQuery<{ tenant: string; userId: string }, unknown>;
  readonly removeSignIns: FixedQuery<{ tenant: string; userSeq: number }, unknown>;
  readonly removeUser: FixedQuery<{ tenant: string; userSeq: number }, unknown>;
}

export const writeQueries = (db: Builder, dialect: Dialect): WriteQueries => ({
  insertUser: fixedQuery((value: HoleOf<UserValues & { tenant: string; id: string }>) =>
    db
      .insertInto("muster_users")
      .values({
        tenant: value("tenant"),
        id: value("id"),
        status: value("status"),
        role: value("role"),
        version: value("version"),
        created_at: value("created_at"),
        updated_at: value("updated_at"),
        updated_by: value("updated_by"),
        deleted_at: value("deleted_at"),
        owner_id: value("owner_id"),
        username: value("username"),
        username_key: value("username_key"),
        email: value("email"),
        email_key: value("email_key"),
        email_verified_at: value("email_verified_at"),
        first_name: value("first_name"),
        first_name_key: value("first_name_key"),
        last_name: value("last_name"),
        last_name_key: value("last_name_key"),
        display_name: value("display_name"),
        display_name_key: value("display_name_key"),
        phone_number: value("phone_number"),
        locale: value("locale"),
        picture_url: value("picture_url"),
        tags: value("tags"),
        metadata: value("metadata"),
        private_metadata: value("private_metadata"),
        required_actions: value("required_actions"),
      })
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
      .returning("seq"),
  ),

  updateUser: (tenant, before, changes) =>
    compiled(
      db
        .updateTable("muster_users")
        .set(changes)
        .where("tenant", "=", tenant)
        .where("id", "=", before.id)
        .where("version", "=", before.version)
        .returning("seq"),
    ),

  findVersion: fixedQuery((value: HoleOf<{ tenant: string; id: string; version: number }>) =>
    db
      .selectFrom("muster_users")
      .select("seq")
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("version", "=", value("version")),
  ),

  findDeleted: fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_users as u")
      .innerJoin("muster_user_sign_ins as s", (join) =>
        join.onRef("s.tenant", "=", "u.tenant").onRef("s.user_seq", "=", "u.seq"),
      )
      .select("u.seq")
      .select(userColumns)
      .where("u.tenant", "=", value("tenant"))
      .where("u.id", "=", value("id"))
      .where("u.status", "=", "deleted"),
  ),

  insertSignIns: fixedQuery((value: HoleOf<NewSignIns>) =>
    db.insertInto("muster_user_sign_ins").values({
      user_seq: value("userSeq"),
      tenant: value("tenant"),
      user_id: value("userId"),
      first_login_at: value("firstLoginAt"),
      last_login_at: value("lastLoginAt"),
      login_count: value("loginCount"),
    }),
  ),

  addIdentifiers: fixedQuery((value: HoleOf<{ tenant: string; userSeq: number; forms: string }>) =>
    db
      .insertInto("muster_user_identifiers")
      .columns(["tenant", "canonical", "user_seq"])
      .expression((eb) =>
        eb
          .selectFrom(dialect.eachText(value("forms")).as("e"))
          .select((e) => [e.val(value("tenant")).as("tenant"), "e.value", e.val(value("userSeq")).as("user_seq")])
          .where((e) => e.lit(true)),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning("canonical"),
  ),

  removeIdentifier: fixedQuery((value: HoleOf<{ tenant: string; canonical: string }>) =>
    db
      .deleteFrom("muster_user_identifiers")
      .where("tenant", "=", value("tenant"))
      .where("canonical", "=", value("canonical")),
  ),

  addMarks: fixedQuery((value: HoleOf<Marked & { userSeq: number }>) =>
    db
      .insertInto("muster_user_marks")
      .columns(["tenant", "mark", "created_at", "user_id", "user_seq"])
      .expression((eb) =>
        eb
          .selectFrom(dialect.eachText(value("marks")).as("e"))
          .select((e) => [
            e.val(value("tenant")).as("tenant"),
            "e.value",
            e.val(value("createdAt")).as("created_at"),
            e.val(value("userId")).as("user_id"),
            e.val(value("userSeq")).as("user_seq"),
          ]),
      ),
  ),

  removeMarks: fixedQuery((value: HoleOf<Marked>) =>
    db
      .deleteFrom("muster_user_marks")
      .where("tenant", "=", value("tenant"))
      .where("mark", "in", (eb) => eb.selectFrom(dialect.eachText(value("marks")).as("e")).select("e.value"))
      .where("created_at", "=", value("createdAt"))
      .where("user_id", "=", value("userId")),
  ),

  removeSessions: fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db.deleteFrom("muster_sessions").where("tenant", "=", value("tenant")).where("user_id", "=", value("userId")),
  ),

  removeCredentials: fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .deleteFrom("muster_user_credentials")
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId")),
  ),

  removeSignIns: fixedQuery((value: HoleOf<{ tenant: string; userSeq: number }>) =>
    db
      .deleteFrom("muster_user_sign_ins")
      .where("tenant", "=", value("tenant"))
      .where("user_seq", "=", value("userSeq")),
  ),

  removeUser: fixedQuery((value: HoleOf<{ tenant: string; userSeq: number }>) =>
    db.deleteFrom("muster_users").where("tenant", "=", value("tenant")).where("seq", "=", value("userSeq")),
  ),
});
