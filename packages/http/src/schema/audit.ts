import { auditEventTypes } from "@muster/core";
import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, orNull, reference } from "./reference.ts";

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
