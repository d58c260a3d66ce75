import type { AuditEventType } from "@muster/core";
import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, orNull, reference } from "./reference.ts";

const known: { readonly [Type in AuditEventType]: true } = {
  "user.created": true,
  "user.updated": true,
  "user.tags_replaced": true,
  "user.email_changed": true,
  "user.username_changed": true,
  "user.owner_changed": true,
  "user.role_changed": true,
  "user.password_changed": true,
  "user.password_set": true,
  "user.enabled": true,
  "user.disabled": true,
  "user.deleted": true,
  "user.restored": true,
  "user.purged": true,
  "session.started": true,
  "session.refresh_reused": true,
  "session.revoked": true,
  "sessions.revoked": true,
};

/** Everything that is written to the audit log; a type that is missing here does not compile. */
export const auditEventTypes: readonly AuditEventType[] = Object.keys(known) as AuditEventType[];

/** Schemas of the audit log. */
export const auditSchemas: { readonly [name: string]: JsonSchema } = {
  AuditEvent: closed({
    id: idSchema,
    at: instantSchema,
    type: { type: "string", enum: auditEventTypes },
    actor: {
      oneOf: [
        closed({ kind: { type: "string", enum: ["system", "anonymous"] } }),
        closed({ kind: { type: "string", const: "user" }, id: idSchema, sessionId: idSchema }),
      ],
    },
    userId: idSchema,
    sessionId: orNull(idSchema),
    changes: { type: "array", items: { type: "string" }, description: "Names of the fields that changed." },
  }),
  AuditPage: closed({
    events: { type: "array", items: reference("AuditEvent") },
    nextCursor: orNull({ type: "string" }),
    previousCursor: orNull({ type: "string" }),
  }),
};
