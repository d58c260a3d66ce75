import type * as Effect from "effect/Effect";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { Grant } from "../grant/grant.ts";
import type { Group } from "../group/group.ts";
import type { AccessChange } from "../ports/access-changes.ts";
import type { AttemptState } from "../ports/attempt-store.ts";
import type { StoredInvitation } from "../ports/invitation-store.ts";
import type { StoredKey } from "../ports/key-store.ts";
import type { StoredOneTimeToken } from "../ports/one-time-token-store.ts";
import type { OutboxEntry } from "../ports/outbox.ts";
import type { StoredSecondFactor } from "../ports/second-factor-store.ts";
import type { StoredSession } from "../ports/session-store.ts";
import type { Journal } from "./memory-journal.ts";
import type { UserRow } from "./memory-user-row.ts";

/** What one tenant keeps. Values are never changed in place and never handed out: callers get copies. */
export interface TenantTables {
  /** By id. */
  readonly users: Map<string, UserRow>;
  /** Canonical form of a username or email → id of the user who holds it. */
  readonly identifiers: Map<string, string>;
  /** User id → PHC string. */
  readonly passwordHashes: Map<string, string>;
  /** By id. */
  readonly sessions: Map<string, StoredSession>;
  /** By hash in hexadecimal. */
  readonly oneTimeTokens: Map<string, StoredOneTimeToken>;
  /** By id. */
  readonly secondFactors: Map<string, StoredSecondFactor>;
  /** User id → hashes in hexadecimal. */
  readonly recoveryCodes: Map<string, ReadonlySet<string>>;
  /** By login and address in hexadecimal. */
  readonly attempts: Map<string, AttemptRow>;
  /** By id. */
  readonly invitations: Map<string, StoredInvitation>;
  /** By id. */
  readonly groups: Map<string, Group>;
  /** By group and user. */
  readonly memberships: Map<string, Membership>;
  /** By everything in it. */
  readonly grants: Map<string, Grant>;
  /** By id. */
  readonly audit: Map<string, AuditEvent>;
}

export interface AttemptRow {
  readonly state: AttemptState;
  /** From when on it counts for nothing. */
  readonly expiresAt: number;
}

export interface Membership {
  readonly groupId: string;
  readonly userId: string;
}

export interface FeedEntry {
  readonly change: AccessChange;
  readonly at: number;
}

/** All that an in-memory database keeps. */
export interface Tables {
  readonly tenants: Map<string, TenantTables>;
  readonly keys: Map<string, StoredKey>;
  /** The feed of access changes, by a number that rises by one with each entry. */
  readonly feed: Map<number, FeedEntry>;
  /** `latest`: number of the newest entry ever; `pruned`: of the newest entry dropped. Absent is 0. */
  readonly feedMarks: Map<"latest" | "pruned", number>;
  /** By a number that rises by one with each entry. */
  readonly outbox: Map<number, OutboxEntry>;
  /** `latest`: number of the newest entry ever. Absent is 0. */
  readonly outboxMarks: Map<"latest", number>;
}

export const emptyTables = (): Tables => ({
  tenants: new Map(),
  keys: new Map(),
  feed: new Map(),
  feedMarks: new Map(),
  outbox: new Map(),
  outboxMarks: new Map(),
});

/** The tables of a tenant, which exist as soon as it is named. */
export const tablesOf = (tables: Tables, tenant: string): TenantTables => {
  const known = tables.tenants.get(tenant);
  if (known !== undefined) return known;
  const fresh: TenantTables = {
    users: new Map(),
    identifiers: new Map(),
    passwordHashes: new Map(),
    sessions: new Map(),
    oneTimeTokens: new Map(),
    secondFactors: new Map(),
    recoveryCodes: new Map(),
    attempts: new Map(),
    invitations: new Map(),
    groups: new Map(),
    memberships: new Map(),
    grants: new Map(),
    audit: new Map(),
  };
  tables.tenants.set(tenant, fresh);
  return fresh;
};

/**
 * Runs one statement: synchronous, so that nothing happens in between, and written so that it refuses before it
 * changes anything. What it throws is a defect.
 */
export type Run = <A, E = never>(statement: (journal: Journal) => Effect.Effect<A, E>) => Effect.Effect<A, E>;
