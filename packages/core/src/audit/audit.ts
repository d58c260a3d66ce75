import type { KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { CallScope } from "../authorization/actor.ts";
import { require as requireStanding } from "../authorization/policy.ts";
import type { ActionRequired, Closed, Forbidden, InvalidInput, StoreUnavailable, Unauthenticated } from "../errors.ts";
import { type CursorContext, decodeCursor, encodeCursor } from "../kernel/cursor.ts";
import { decoder, invalid } from "../kernel/input.ts";
import { defaultPageSize, limitSchema } from "../kernel/page-request.ts";
import type { Page } from "../muster.ts";
import { decodeUserId } from "../user/user-input.ts";
import { type AuditEvent, type AuditQuery, auditEventTypes } from "./audit-event.ts";

/** How `audit.list` may fail. */
export type ListAuditError = InvalidInput | Unauthenticated | Forbidden | ActionRequired | StoreUnavailable | Closed;

/** Reading the audit log. Writing it is part of every change. */
export interface AuditReads {
  readonly list: (scope: CallScope, query?: AuditQuery) => Effect.Effect<Page<AuditEvent>, ListAuditError>;
}

const decodeQuery = decoder(
  Schema.Struct({
    userId: Schema.optionalKey(Schema.String),
    actorId: Schema.optionalKey(Schema.String),
    type: Schema.optionalKey(Schema.Literals(auditEventTypes)),
    after: Schema.optionalKey(Schema.Date),
    before: Schema.optionalKey(Schema.Date),
    limit: Schema.optionalKey(limitSchema),
    cursor: Schema.optionalKey(Schema.String),
  }),
);

export const makeAudit = ({ cursorKey }: { readonly cursorKey: KeyObject }): AuditReads => ({
  list: Effect.fnUntraced(function* (scope, input = {}) {
    yield* requireStanding(scope.actor, "audit.list");
    const { cursor, limit = defaultPageSize, ...filter } = yield* decodeQuery(input);
    if (filter.userId !== undefined) yield* decodeUserId(filter.userId, "userId");
    if (filter.actorId !== undefined) yield* decodeUserId(filter.actorId, "actorId");
    const context: CursorContext = {
      tenant: scope.tenant,
      list: "audit",
      filter: JSON.stringify(filter),
      sort: "id desc",
    };
    const position = cursor === undefined ? undefined : decodeCursor(cursorKey, context, cursor);
    if (cursor !== undefined && position === undefined) {
      return yield* invalid("cursor", "cursor", "is not a cursor of this list and filter");
    }
    const events = yield* scope.storage.audit.list(scope.tenant, {
      ...filter,
      limit: limit + 1,
      ...(position !== undefined && { olderThanId: position.id }),
    });
    const items = events.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        last !== undefined && events.length > limit
          ? encodeCursor(cursorKey, context, { key: 0, id: last.id, direction: "forward" })
          : null,
      previousCursor: null,
      total: null,
    };
  }),
});
