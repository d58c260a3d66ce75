import * as Effect from "effect/Effect";
import type { AuditActor, AuditEventType } from "../audit/audit-event.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { Delivery } from "../outbox/relay.ts";
import type { OutboxEntry } from "../ports/outbox.ts";
import type { CallHooks } from "./call-hooks.ts";
import type { ChangeEvent } from "./hooks.ts";

/** Events for `afterCommit` whose commit only the outbox tells of. */
export const hookTopic = "hook";

export const payloadOf = ({ type, actor, sessionId, changes }: ChangeEvent): JsonObject => ({
  type,
  actor: { ...actor },
  sessionId,
  changes,
});

const eventOf = ({ id, tenant, userId, createdAt, payload }: OutboxEntry): ChangeEvent => {
  // Written by `payloadOf`.
  const { type, actor, sessionId, changes } = payload as {
    readonly type: AuditEventType;
    readonly actor: AuditActor & JsonObject;
    readonly sessionId: string | null;
    readonly changes: readonly string[];
  };
  return { tenant, id, at: createdAt, type, actor, userId, sessionId, changes };
};

/** Runs `afterCommit` for them. Its failure is reported and not repeated, as after any other commit. */
export const hookDelivery = (hooks: CallHooks): Delivery => ({
  topic: hookTopic,
  deliver: (entry) => Effect.suspend(() => hooks.after([eventOf(entry)])),
});
