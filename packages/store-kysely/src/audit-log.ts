import type { AuditActor, AuditEvent, AuditEventType, AuditLog } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Selectable } from "kysely";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { compiled, fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { AuditEventsTable } from "./tables.ts";

type AuditRow = Selectable<AuditEventsTable>;
type ReadRow = Omit<AuditRow, "tenant">;

const columns = [
  "id",
  "at",
  "type",
  "actor_kind",
  "actor_id",
  "actor_session_id",
  "user_id",
  "session_id",
  "changes",
] as const;

export const auditLog = (db: Builder): ((executor: Executor) => AuditLog) => {
  const append = fixedQuery((value: HoleOf<AuditRow>) =>
    db.insertInto("muster_audit_events").values({
      tenant: value("tenant"),
      id: value("id"),
      at: value("at"),
      type: value("type"),
      actor_kind: value("actor_kind"),
      actor_id: value("actor_id"),
      actor_session_id: value("actor_session_id"),
      user_id: value("user_id"),
      session_id: value("session_id"),
      changes: value("changes"),
    }),
  );

  return (executor) => ({
    append: (tenant, event) => Effect.asVoid(executor.run(append({ tenant, ...rowOf(event) }))),
    list: (tenant, { ids, userId, actorId, type, after, before, olderThanId, limit }) => {
      let query = db
        .selectFrom("muster_audit_events")
        .select(columns)
        .where("tenant", "=", tenant)
        .orderBy("id", "desc")
        .limit(limit);
      if (ids !== undefined) query = query.where("id", "in", ids);
      if (userId !== undefined) query = query.where("user_id", "=", userId);
      if (actorId !== undefined) query = query.where("actor_id", "=", actorId);
      if (type !== undefined) query = query.where("type", "=", type);
      if (after !== undefined) query = query.where("at", ">", after.getTime());
      if (before !== undefined) query = query.where("at", "<", before.getTime());
      if (olderThanId !== undefined) query = query.where("id", "<", olderThanId);
      return Effect.map(executor.all(compiled(query)), (rows) => rows.map(eventOf));
    },
  });
};

const rowOf = ({ actor, ...event }: AuditEvent): ReadRow => ({
  id: event.id,
  at: event.at.getTime(),
  type: event.type,
  actor_kind: actor.kind,
  actor_id: actor.kind === "user" ? actor.id : null,
  actor_session_id: actor.kind === "user" ? actor.sessionId : null,
  user_id: event.userId,
  session_id: event.sessionId,
  changes: JSON.stringify(event.changes),
});

const eventOf = (row: ReadRow): AuditEvent => ({
  id: row.id,
  at: new Date(Number(row.at)),
  type: row.type as AuditEventType,
  actor: actorOf(row),
  userId: row.user_id,
  sessionId: row.session_id,
  // Inside a host's own transaction the host's driver may have parsed it.
  changes: (typeof row.changes === "string" ? JSON.parse(row.changes) : row.changes) as readonly string[],
});

const actorOf = ({ actor_kind: kind, actor_id: id, actor_session_id: sessionId }: ReadRow): AuditActor => {
  if (kind === "user" && id !== null && sessionId !== null) return { kind, id, sessionId };
  if (kind === "system" || kind === "anonymous") return { kind };
  throw new Error(`An audit event has an actor of no known kind: ${kind}.`);
};
