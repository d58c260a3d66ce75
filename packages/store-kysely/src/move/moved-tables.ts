import type { Tables } from "../tables.ts";

/** How a table is moved. */
export interface MovedTable<Row> {
  /** What identifies a row in every database: its primary key, or with more columns in front. */
  readonly key: readonly (keyof Row & string)[];
  /** Columns in which a database keeps what concerns nobody else. */
  readonly omit?: readonly string[];
  /** Whether users are searched by its rows. */
  readonly isSearched?: true;
}

/** Every table, those that others refer to first. What is not moved says so. */
const tables: { readonly [Name in keyof Tables]: MovedTable<Tables[Name]> | "stays" } = {
  muster_users: { key: ["tenant", "seq"], isSearched: true },
  muster_user_identifiers: { key: ["tenant", "canonical"] },
  muster_user_sign_ins: { key: ["tenant", "user_seq"] },
  muster_user_marks: { key: ["tenant", "mark", "created_at", "user_id"] },
  muster_user_credentials: { key: ["tenant", "user_id"] },
  muster_sessions: { key: ["tenant", "id"] },
  muster_one_time_tokens: { key: ["tenant", "hash"] },
  muster_second_factors: { key: ["tenant", "id"] },
  muster_recovery_codes: { key: ["tenant", "user_id", "hash"] },
  muster_invitations: { key: ["tenant", "id"] },
  muster_attempts: { key: ["tenant", "login_key", "address_key"] },
  muster_groups: { key: ["tenant", "id"] },
  muster_group_ancestors: { key: ["tenant", "group_id", "ancestor_id"] },
  muster_group_trees: { key: ["tenant"] },
  muster_group_members: { key: ["tenant", "group_id", "user_id"] },
  muster_user_grants: { key: ["tenant", "grantee_id", "resource_type", "resource_id", "permission"] },
  muster_group_grants: { key: ["tenant", "grantee_id", "resource_type", "resource_id", "permission"] },
  muster_keys: { key: ["id"] },
  muster_outbox: { key: ["tenant", "id"] },
  // PostgreSQL numbers entries twice: as they are written and, when they are first read, in the order of the feed.
  muster_access_changes: { key: ["seq"], omit: ["id"] },
  muster_audit_events: { key: ["tenant", "id"] },
  muster_migrations: "stays",
};

/** A table that is moved, with its name. */
export type Moved = MovedTable<Readonly<Record<string, unknown>>> & { readonly name: string };

/** Every table that is moved, those that others refer to first. */
export const movedTables: readonly Moved[] = Object.entries(tables).flatMap(([name, table]) =>
  table === "stays" ? [] : [{ ...table, name }],
);

/** Tables that are made and filled by each database for itself. */
export const stayingTables: readonly string[] = Object.entries(tables).flatMap(([name, table]) =>
  table === "stays" ? [name] : [],
);
