import type { Generated, GeneratedAlways } from "kysely";

/**
 * Every table, by name: the only place besides the migrations where names are written down as such, since queries that
 * misspell one do not compile. Texts are ids, canonical forms or JSON; instants are integers of epoch milliseconds.
 */
export interface Tables {
  readonly muster_users: UsersTable;
  readonly muster_user_identifiers: UserIdentifiersTable;
  readonly muster_user_sign_ins: UserSignInsTable;
  readonly muster_user_marks: UserMarksTable;
  readonly muster_user_credentials: UserCredentialsTable;
  readonly muster_sessions: SessionsTable;
  readonly muster_one_time_tokens: OneTimeTokensTable;
  readonly muster_second_factors: SecondFactorsTable;
  readonly muster_recovery_codes: RecoveryCodesTable;
  readonly muster_invitations: InvitationsTable;
  readonly muster_attempts: AttemptsTable;
  readonly muster_groups: GroupsTable;
  readonly muster_group_ancestors: GroupAncestorsTable;
  readonly muster_group_trees: GroupTreesTable;
  readonly muster_group_members: GroupMembersTable;
  readonly muster_user_grants: GrantsTable;
  readonly muster_group_grants: GrantsTable;
  readonly muster_keys: KeysTable;
  readonly muster_outbox: OutboxTable;
  readonly muster_access_changes: AccessChangesTable;
  readonly muster_audit_events: AuditEventsTable;
  readonly muster_migrations: MigrationsTable;
}

/** Keys end in `_key`: the comparable form of a text, `''` when absent, or an instant, 0 when absent. */
export interface UsersTable {
  readonly seq: Generated<number>;
  readonly tenant: string;
  readonly id: string;
  readonly status: string;
  readonly role: string;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number | null;
  readonly updated_key: GeneratedAlways<number>;
  readonly updated_by: string | null;
  readonly deleted_at: number | null;
  readonly owner_id: string | null;
  readonly username: string | null;
  readonly username_key: string;
  readonly email: string | null;
  readonly email_key: string;
  readonly email_verified_at: number | null;
  readonly first_name: string | null;
  readonly first_name_key: string;
  readonly last_name: string | null;
  readonly last_name_key: string;
  readonly display_name: string | null;
  readonly display_name_key: string;
  readonly phone_number: string | null;
  readonly locale: string | null;
  readonly picture_url: string | null;
  readonly tags: string;
  readonly metadata: string;
  readonly private_metadata: string;
  readonly required_actions: string;
}

export interface UserIdentifiersTable {
  readonly tenant: string;
  readonly canonical: string;
  readonly user_seq: number;
}

/** Apart from the user, so that a login rewrites a row of a few bytes. */
export interface UserSignInsTable {
  readonly user_seq: number;
  readonly tenant: string;
  readonly user_id: string;
  readonly first_login_at: number | null;
  readonly last_login_at: number | null;
  readonly last_login_key: GeneratedAlways<number>;
  readonly login_count: number;
}

/** Tags, metadata and whatever else users are found by; see `user/marks.ts`. */
export interface UserMarksTable {
  readonly tenant: string;
  readonly mark: string;
  readonly created_at: number;
  readonly user_id: string;
  readonly user_seq: number;
}

export interface UserCredentialsTable {
  readonly tenant: string;
  readonly user_id: string;
  readonly password_hash: string;
  readonly changed_at: number;
}

export interface SessionsTable {
  readonly tenant: string;
  readonly id: string;
  readonly user_id: string;
  readonly created_at: number;
  readonly refreshed_at: number | null;
  readonly expires_at: number;
  readonly revoked_at: number | null;
  /** The earlier of expiry and revocation. */
  readonly ended_at: GeneratedAlways<number>;
  readonly client_address: string | null;
  readonly client_user_agent: string | null;
  readonly authenticated_at: number;
  /** With spaces between. */
  readonly methods: string;
  readonly refresh_hash: Uint8Array;
  readonly previous_hash: Uint8Array | null;
  readonly successor_box: Uint8Array | null;
}

export interface OneTimeTokensTable {
  readonly tenant: string;
  readonly hash: Uint8Array;
  readonly purpose: string;
  readonly user_id: string;
  readonly address: string;
  readonly bound_to: Uint8Array;
  readonly created_at: number;
  readonly expires_at: number;
}

export interface InvitationsTable {
  readonly tenant: string;
  readonly id: string;
  readonly user_id: string;
  readonly email: string;
  readonly invited_by: string | null;
  readonly state: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly ended_at: number | null;
}

/** Failures in a row. Of `login_key` and `address_key` either is a keyed hash, or empty for any. */
export interface AttemptsTable {
  readonly tenant: string;
  readonly login_key: Uint8Array;
  readonly address_key: Uint8Array;
  readonly failures: number;
  readonly failed_at: number;
  readonly wait_ms: number;
  /** 0 when no success made it familiar. */
  readonly familiar_until: number;
  /** From when on the row counts for nothing. */
  readonly expires_at: number;
}

export interface SecondFactorsTable {
  readonly tenant: string;
  readonly id: string;
  readonly user_id: string;
  readonly kind: string;
  readonly name: string;
  readonly created_at: number;
  readonly confirmed_at: number | null;
  readonly last_used_at: number | null;
  readonly last_step: number;
  readonly secret_box: Uint8Array;
}

export interface RecoveryCodesTable {
  readonly tenant: string;
  readonly user_id: string;
  readonly hash: Uint8Array;
}

export interface GroupsTable {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly name_key: string;
  readonly description: string | null;
  readonly parent_id: string | null;
  readonly metadata: string;
  readonly status: string;
  readonly created_at: number;
  readonly updated_at: number | null;
  readonly version: number;
}

/** Every group with every group above it, and with itself at distance 0. */
export interface GroupAncestorsTable {
  readonly tenant: string;
  readonly group_id: string;
  readonly ancestor_id: string;
  readonly distance: number;
}

/** Written first by whoever changes which group is above which. */
export interface GroupTreesTable {
  readonly tenant: string;
  readonly changes: number;
}

export interface GroupMembersTable {
  readonly tenant: string;
  readonly group_id: string;
  readonly user_id: string;
  readonly created_at: number;
}

/** Of users and of groups: `grantee_id` is the one or the other. */
export interface GrantsTable {
  readonly tenant: string;
  readonly grantee_id: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly permission: string;
  readonly created_at: number;
}

export interface KeysTable {
  readonly id: string;
  readonly purpose: string;
  readonly algorithm: string;
  readonly secret_jwk: string;
  readonly created_at: number;
  readonly active_at: number;
  readonly follows: string;
}

export interface AccessChangesTable {
  readonly seq: Generated<number>;
  readonly tenant: string;
  readonly user_id: string;
  readonly at: number;
}

export interface AuditEventsTable {
  readonly tenant: string;
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly actor_session_id: string | null;
  readonly user_id: string;
  readonly session_id: string | null;
  readonly changes: string;
}

export interface OutboxTable {
  readonly tenant: string;
  readonly id: string;
  /** The order of appending. */
  readonly seq: Generated<number>;
  readonly topic: string;
  readonly user_id: string;
  readonly payload: string;
  readonly created_at: number;
  /** As appended; `available_at` moves with claims, and for those in line behind one that waits. */
  readonly not_before: number;
  readonly available_at: number;
  readonly state: string;
  readonly attempts: number;
  readonly ended_at: number | null;
}

export interface MigrationsTable {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly fingerprint: string;
  readonly applied_at: number;
}
