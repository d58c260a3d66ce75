import type * as Effect from "effect/Effect";
import type { AuditEvent, AuditEventType } from "../audit/audit-event.ts";
import type { StoreUnavailable } from "../errors.ts";

/** Which events, newest first by id. Bounds are exclusive. */
export interface AuditSelection {
  /** Only these. */
  readonly ids?: readonly string[];
  readonly userId?: string;
  readonly actorId?: string;
  readonly type?: AuditEventType;
  readonly after?: Date;
  readonly before?: Date;
  /** Only events with an id below this one. */
  readonly olderThanId?: string;
  readonly limit: number;
}

/** An append-only log. An event is appended in the transaction of the change it tells of: both are there or neither. */
export interface AuditLog {
  readonly append: (tenant: string, event: AuditEvent) => Effect.Effect<void, StoreUnavailable>;
  readonly list: (tenant: string, selection: AuditSelection) => Effect.Effect<readonly AuditEvent[], StoreUnavailable>;
}
