import { sql } from "kysely";
import type { Builder } from "../builder.ts";
import { type Check, nothingIsFound } from "./check.ts";

/** What can be seen by holding one row against another. */
export const rowChecks = (db: Builder): readonly Check[] => [
  ...usersAlone(db),
  ...ownerless(db),
  ...sessionsOf(db),
  auditOf(db),
];

const usersAlone = (db: Builder): readonly Check[] => {
  const users = db.selectFrom("muster_users as u").select(["u.tenant", "u.id"]);
  return [
    nothingIsFound(
      users
        .leftJoin("muster_user_sign_ins as s", (join) =>
          join.onRef("s.tenant", "=", "u.tenant").onRef("s.user_seq", "=", "u.seq").onRef("s.user_id", "=", "u.id"),
        )
        .where("s.user_seq", "is", null),
      (user) => `User ${user} has no sign-in facts.`,
    ),
    nothingIsFound(users.where("u.version", "<", 1), (user) => `User ${user} has a version below 1.`),
    nothingIsFound(
      users.where((eb) =>
        eb.or([
          eb.and([eb("u.status", "=", "deleted"), eb("u.deleted_at", "is", null)]),
          eb.and([eb("u.status", "<>", "deleted"), eb("u.deleted_at", "is not", null)]),
          eb("u.status", "not in", ["pending", "enabled", "disabled", "deleted"]),
        ]),
      ),
      (user) => `User ${user} has a status that there is not, or that disagrees with the time of deletion.`,
    ),
    nothingIsFound(
      users.where("u.role", "not in", ["user", "admin"]),
      (user) => `User ${user} has a role that there is not.`,
    ),
  ];
};

/** Rows that name a user who is not there, or whose tenant is not the user's. */
const ownerless = (db: Builder): readonly Check[] => [
  nothingIsFound(
    db
      .selectFrom("muster_user_sign_ins as x")
      .leftJoin("muster_users as u", (join) =>
        join.onRef("u.tenant", "=", "x.tenant").onRef("u.seq", "=", "x.user_seq").onRef("u.id", "=", "x.user_id"),
      )
      .select(["x.tenant", "x.user_id as id"])
      .where("u.id", "is", null),
    (user) => `There are sign-in facts of user ${user}, who is not there.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_user_identifiers as x")
      .leftJoin("muster_users as u", (join) =>
        join.onRef("u.tenant", "=", "x.tenant").onRef("u.seq", "=", "x.user_seq"),
      )
      .select(["x.tenant", sql<string>`cast(${sql.ref("x.user_seq")} as text)`.as("id")])
      .where("u.id", "is", null),
    (number) => `An identifier is taken by user number ${number}, who is not there.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_user_marks as x")
      .leftJoin("muster_users as u", (join) =>
        join
          .onRef("u.tenant", "=", "x.tenant")
          .onRef("u.seq", "=", "x.user_seq")
          .onRef("u.id", "=", "x.user_id")
          .onRef("u.created_at", "=", "x.created_at"),
      )
      .select(["x.tenant", "x.user_id as id"])
      .distinct()
      .where("u.id", "is", null),
    (user) => `There are marks of user ${user}, who is not there or was created at another time.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_user_credentials as x")
      .leftJoin("muster_users as u", (join) => join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.user_id"))
      .select(["x.tenant", "x.user_id as id"])
      .where("u.id", "is", null),
    (user) => `There is a password of user ${user}, who is not there.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_one_time_tokens as x")
      .leftJoin("muster_users as u", (join) => join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.user_id"))
      .select(["x.tenant", "x.user_id as id"])
      .where("u.id", "is", null),
    (user) => `There is a one-time token of user ${user}, who is not there.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_second_factors as x")
      .leftJoin("muster_users as u", (join) => join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.user_id"))
      .select(["x.tenant", "x.user_id as id"])
      .where("u.id", "is", null),
    (user) => `There is a second factor of user ${user}, who is not there.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_recovery_codes as x")
      .leftJoin("muster_users as u", (join) => join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.user_id"))
      .select(["x.tenant", "x.user_id as id"])
      .distinct()
      .where("u.id", "is", null),
    (user) => `There are recovery codes of user ${user}, who is not there.`,
  ),
];

const sessionsOf = (db: Builder): readonly Check[] => {
  const sessions = db
    .selectFrom("muster_sessions as x")
    .leftJoin("muster_users as u", (join) => join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.user_id"))
    .select(["x.tenant", "x.id"]);
  return [
    nothingIsFound(sessions.where("u.id", "is", null), (id) => `Session ${id} is that of a user who is not there.`),
    nothingIsFound(
      sessions.where("x.revoked_at", "is", null).where("u.status", "<>", "enabled"),
      (id) => `Session ${id} is not revoked, and its user is not enabled.`,
    ),
    nothingIsFound(
      sessions.where((eb) =>
        eb.or([
          eb.and([eb("x.previous_hash", "is", null), eb("x.successor_box", "is not", null)]),
          eb.and([eb("x.previous_hash", "is not", null), eb("x.successor_box", "is", null)]),
        ]),
      ),
      (id) => `Session ${id} knows half of its last rotation.`,
    ),
  ];
};

/**
 * Each change raises the version and appends an event. Users whose creation the log does not tell of came in another way,
 * by an import; their changes cannot be counted, nor those of an id that was used again after a purge.
 */
const auditOf = (db: Builder): Check =>
  nothingIsFound(
    db
      .selectFrom("muster_users as u")
      .innerJoin("muster_audit_events as e", (join) =>
        join.onRef("e.tenant", "=", "u.tenant").onRef("e.user_id", "=", "u.id"),
      )
      .select(["u.tenant", "u.id"])
      .where("e.type", "like", "user.%")
      .groupBy(["u.tenant", "u.id", "u.version"])
      .having((eb) =>
        eb.and([
          eb(eb.fn.sum(sql<number>`case when ${eb.ref("e.type")} = 'user.created' then 1 else 0 end`), "=", 1),
          eb(eb.fn.countAll(), "<", eb.ref("u.version")),
        ]),
      ),
    (user) => `User ${user} was changed more often than the audit log tells.`,
  );
