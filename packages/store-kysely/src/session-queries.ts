import { sql } from "kysely";
import type { Builder } from "./builder.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "./fixed-query.ts";
import { type SessionRow, sessionColumns } from "./session-row.ts";

interface Rotated {
  readonly tenant: string;
  readonly id: string;
  readonly presentedHash: Uint8Array;
  readonly successorHash: Uint8Array;
  readonly successorBox: Uint8Array;
  readonly at: number;
  readonly expiresAt: number;
}

interface SessionQueries {
  readonly insert: FixedQuery<SessionRow & { tenant: string; passwordHash: string }, unknown>;
  readonly touchHolder: FixedQuery<{ tenant: string; userId: string }, unknown>;
  readonly touchSignIns: FixedQuery<{ tenant: string; userId: string }, unknown>;
  readonly find: FixedQuery<{ tenant: string; id: string }, SessionRow>;
  readonly findHolder: FixedQuery<
    { tenant: string; id: string; now: number },
    { id: string; role: string; required_actions: string }
  >;
  readonly rotate: FixedQuery<Rotated, unknown>;
  readonly reauthenticate: FixedQuery<{ tenant: string; id: string; at: number; methods: string }, unknown>;
  readonly revoke: FixedQuery<{ tenant: string; id: string; at: number }, unknown>;
  readonly revokeLive: FixedQuery<{ tenant: string; userId: string; at: number }, unknown>;
  readonly revokeExpired: FixedQuery<{ tenant: string; userId: string; at: number }, unknown>;
  readonly list: FixedQuery<{ tenant: string; userId: string; now: number; limit: number }, SessionRow>;
  readonly removeEnded: FixedQuery<{ before: number; limit: number }, unknown>;
}

/** The checks of a write stand in the write: whether it happened is the number of rows it changed. */
export const sessionQueries = (db: Builder): SessionQueries => ({
  insert: fixedQuery((value: HoleOf<SessionRow & { tenant: string; passwordHash: string }>) =>
    db
      .insertInto("muster_sessions")
      .columns(["tenant", ...sessionColumns])
      .expression((eb) =>
        eb
          .selectFrom("muster_users as u")
          .innerJoin("muster_user_credentials as c", (join) =>
            join.onRef("c.tenant", "=", "u.tenant").onRef("c.user_id", "=", "u.id"),
          )
          .select((e) => ["u.tenant", ...sessionColumns.map((column) => e.val(value(column)).as(column))])
          .where("u.tenant", "=", value("tenant"))
          .where("u.id", "=", value("user_id"))
          .where("u.status", "=", sql.lit("enabled"))
          .where("c.password_hash", "=", value("passwordHash")),
      ),
  ),

  touchHolder: fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .updateTable("muster_users")
      .set((eb) => ({ version: eb.ref("version") }))
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("userId"))
      .where("status", "=", sql.lit("enabled")),
  ),

  touchSignIns: fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .updateTable("muster_user_sign_ins")
      .set((eb) => ({ login_count: eb.ref("login_count") }))
      .where("tenant", "=", value("tenant"))
      .where("user_seq", "=", (eb) =>
        eb
          .selectFrom("muster_users as u")
          .select("u.seq")
          .where("u.tenant", "=", value("tenant"))
          .where("u.id", "=", value("userId")),
      ),
  ),

  find: fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_sessions")
      .select(sessionColumns)
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id")),
  ),

  findHolder: fixedQuery((value: HoleOf<{ tenant: string; id: string; now: number }>) =>
    db
      .selectFrom("muster_sessions as z")
      .innerJoin("muster_users as u", (join) => join.onRef("u.tenant", "=", "z.tenant").onRef("u.id", "=", "z.user_id"))
      .select(["u.id", "u.role", "u.required_actions"])
      .where("z.tenant", "=", value("tenant"))
      .where("z.id", "=", value("id"))
      .where("z.revoked_at", "is", null)
      .where("z.expires_at", ">", value("now"))
      .where("u.status", "=", sql.lit("enabled")),
  ),

  rotate: fixedQuery((value: HoleOf<Rotated>) =>
    db
      .updateTable("muster_sessions")
      .set((eb) => ({
        previous_hash: eb.ref("refresh_hash"),
        refresh_hash: value("successorHash"),
        successor_box: value("successorBox"),
        refreshed_at: value("at"),
        expires_at: value("expiresAt"),
      }))
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("refresh_hash", "=", value("presentedHash"))
      .where("revoked_at", "is", null)
      .where("expires_at", ">", value("at")),
  ),

  reauthenticate: fixedQuery((value: HoleOf<{ tenant: string; id: string; at: number; methods: string }>) =>
    db
      .updateTable("muster_sessions")
      .set({ authenticated_at: value("at"), methods: value("methods") })
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("revoked_at", "is", null)
      .where("expires_at", ">", value("at")),
  ),

  revoke: fixedQuery((value: HoleOf<{ tenant: string; id: string; at: number }>) =>
    db
      .updateTable("muster_sessions")
      .set({ revoked_at: value("at") })
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("revoked_at", "is", null)
      .where("expires_at", ">", value("at")),
  ),

  revokeLive: fixedQuery((value: HoleOf<{ tenant: string; userId: string; at: number }>) =>
    revokeUnrevoked(db, value).where("expires_at", ">", value("at")),
  ),

  revokeExpired: fixedQuery((value: HoleOf<{ tenant: string; userId: string; at: number }>) =>
    revokeUnrevoked(db, value).where("expires_at", "<=", value("at")),
  ),

  list: fixedQuery((value: HoleOf<{ tenant: string; userId: string; now: number; limit: number }>) =>
    db
      .selectFrom("muster_sessions")
      .select(sessionColumns)
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .where("revoked_at", "is", null)
      .where("expires_at", ">", value("now"))
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(value("limit")),
  ),

  removeEnded: fixedQuery((value: HoleOf<{ before: number; limit: number }>) =>
    db.deleteFrom("muster_sessions").where(
      ({ refTuple }) => refTuple("tenant", "id"),
      "in",
      (eb) =>
        eb
          .selectFrom("muster_sessions as z")
          .select(["z.tenant", "z.id"])
          .where("z.ended_at", "<", value("before"))
          .orderBy("z.ended_at")
          .limit(value("limit"))
          .$asTuple("tenant", "id"),
    ),
  ),
});

const revokeUnrevoked = (db: Builder, value: HoleOf<{ tenant: string; userId: string; at: number }>) =>
  db
    .updateTable("muster_sessions")
    .set({ revoked_at: value("at") })
    .where("tenant", "=", value("tenant"))
    .where("user_id", "=", value("userId"))
    .where("revoked_at", "is", null);
