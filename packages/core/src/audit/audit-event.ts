/** Everything that is written to the audit log. */
export type AuditEventType = (typeof auditEventTypes)[number];

/** The names of {@link AuditEventType}. */
export const auditEventTypes = [
  "user.created",
  "user.updated",
  "user.tags_replaced",
  "user.email_changed",
  "user.username_changed",
  "user.owner_changed",
  "user.role_changed",
  "user.password_changed",
  "user.password_set",
  "user.password_imported",
  "user.password_hardened",
  "user.password_reset_requested",
  "user.password_reset",
  "user.email_verification_requested",
  "user.email_verified",
  "user.email_change_requested",
  "user.email_change_undone",
  "user.required_actions_set",
  "user.action_accepted",
  "user.invited",
  "user.invitation_resent",
  "user.invitation_revoked",
  "user.invitation_accepted",
  "user.enabled",
  "user.disabled",
  "user.deleted",
  "user.restored",
  "user.purged",
  "user.locked",
  "user.unlocked",
  "group.created",
  "group.updated",
  "group.moved",
  "group.enabled",
  "group.disabled",
  "group.deleted",
  "group.grant_added",
  "group.grant_removed",
  "membership.added",
  "membership.removed",
  "grant.added",
  "grant.removed",
  "session.started",
  "session.stepped_up",
  "session.refresh_reused",
  "session.revoked",
  "sessions.revoked",
  "second_factor.added",
  "second_factor.renamed",
  "second_factor.removed",
  "second_factor.recovery_code_used",
  "second_factor.recovery_codes_replaced",
  "key.rotated",
  "key.revoked",
] as const;

/** Who did it: the library's host, a logged-in user, or somebody not logged in (self-registration, login). */
export type AuditActor =
  | { readonly kind: "system" }
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly id: string; readonly sessionId: string };

/** One line of the audit log, written in the transaction of the change it tells of. Never holds a secret. */
export interface AuditEvent {
  /** UUIDv7: the order of ids is the order of events, to the millisecond. */
  readonly id: string;
  readonly at: Date;
  readonly type: AuditEventType;
  readonly actor: AuditActor;
  /** The user it happened to; for `key.…` and `group.…` the id of the key or the group. */
  readonly userId: string;
  /** The session it happened to, when one did. */
  readonly sessionId: string | null;
  /**
   * Names of the fields that changed, never their values. Of memberships the group, of grants what was granted or taken back,
   * e.g. `view location 17`.
   */
  readonly changes: readonly string[];
}

/** What `muster.audit.list` takes. Newest first. */
export interface AuditQuery {
  readonly userId?: string;
  readonly actorId?: string;
  readonly type?: AuditEventType;
  /** Exclusive bounds. */
  readonly after?: Date;
  readonly before?: Date;
  /** 1–100, 20 unless given. */
  readonly limit?: number;
  readonly cursor?: string;
}
