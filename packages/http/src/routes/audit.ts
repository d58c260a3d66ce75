import { auditEventTypes } from "@muster/core";
import { pageLinks } from "../page-link.ts";
import { instant, integer, text, word } from "../parameter.ts";
import { type Route, route } from "../route.ts";
import { reference } from "../schema/reference.ts";

const listAuditEvents = route({
  method: "GET",
  path: "/audit",
  operationId: "listAuditEvents",
  summary: "List what happened, newest first",
  tag: "Audit",
  access: "bearer",
  query: {
    userId: text("Events that happened to this user."),
    actorId: text("Events this user brought about."),
    type: word("Events of this type.", auditEventTypes),
    after: instant("After this instant, exclusive."),
    before: instant("Before this instant, exclusive."),
    limit: integer("Rows of a page, 20 unless given.", 1, 100),
    cursor: text("nextCursor or previousCursor of a page of the same query."),
  },
  success: {
    status: 200,
    description: "A page of events.",
    schema: reference("AuditPage"),
    headers: { Link: "The next and previous page (RFC 8288)." },
  },
  run: async ({ caller, query, request }) => {
    const { items, nextCursor, previousCursor } = await caller.audit.list(query);
    const page = { nextCursor, previousCursor };
    return { json: { events: items, ...page }, headers: pageLinks(request, page) };
  },
});

/** The audit log. */
export const auditRoutes: readonly Route[] = [listAuditEvents];
