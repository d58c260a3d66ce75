import type { AuditActor } from "../audit/audit-event.ts";
import type { ScopedStorage } from "../hooks/commits.ts";
import type { Unit } from "../hooks/unit.ts";
import type { Principal } from "../session/session.ts";

/** On whose behalf a call is made. */
export type Actor = { readonly kind: "system" } | { readonly kind: "anonymous" } | UserActor;

export interface UserActor {
  readonly kind: "user";
  readonly principal: Principal;
}

/** What every use case is given first: who calls, in which tenant, over which storage (perhaps the host's transaction). */
export interface CallScope {
  readonly actor: Actor;
  readonly tenant: string;
  readonly storage: ScopedStorage;
  /** What the host's transaction did so far, when its commit will be told. */
  readonly unit?: Unit;
}

/** Id of the user who acts; null for the system and the anonymous. */
export const actorId = (actor: Actor): string | null => (actor.kind === "user" ? actor.principal.userId : null);

/** The actor as the audit log names it. */
export const auditActor = (actor: Actor): AuditActor =>
  actor.kind === "user"
    ? { kind: "user", id: actor.principal.userId, sessionId: actor.principal.sessionId }
    : { kind: actor.kind };
