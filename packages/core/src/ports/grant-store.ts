import type * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { Grant, Grantee, PermissionOn, Resource } from "../grant/grant.ts";

/** A page of what is granted to one user or group, in the order of (type, id, permission). */
export interface GranteeSelection {
  readonly after?: PermissionOn;
  readonly limit: number;
}

/** A page of what is granted on one resource: groups before users, in the order of (grantee, permission). */
export interface ResourceSelection {
  readonly after?: Grantee & { readonly permission: string };
  readonly limit: number;
}

/** Which resources a user may act on, in the order of ids. */
export interface ReachSelection {
  readonly resourceType: string;
  /** Any of these does. */
  readonly permissions: readonly string[];
  /** Begins behind this id. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * What users and groups were granted. Grants go with the user or group they were given to.
 *
 * What a user has is what was granted to the user, to groups of which the user is a member, and to all groups above those;
 * nothing from a group up to which there is a disabled one on the way, itself included, and nothing at all for a user who is
 * not enabled.
 */
export interface GrantStore {
  /** Adds grants to existing users and groups; answers those that were not there. */
  readonly insert: (
    tenant: string,
    grants: readonly Grant[],
    at: Date,
  ) => Effect.Effect<readonly Grant[], StoreUnavailable>;

  /** Answers those that were there. */
  readonly remove: (tenant: string, grants: readonly Grant[]) => Effect.Effect<readonly Grant[], StoreUnavailable>;

  /** What was granted to this very user or group. */
  readonly listOf: (
    tenant: string,
    grantee: Grantee,
    selection: GranteeSelection,
  ) => Effect.Effect<readonly Grant[], StoreUnavailable>;

  readonly listOn: (
    tenant: string,
    resource: Resource,
    selection: ResourceSelection,
  ) => Effect.Effect<readonly Grant[], StoreUnavailable>;

  /** Whether a user has any of the permissions on a resource. */
  readonly has: (
    tenant: string,
    userId: string,
    resource: Resource,
    permissions: readonly string[],
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** All permissions that a user has on resources of these types with these ids, each once, in one query. */
  readonly findAll: (
    tenant: string,
    userId: string,
    resourceTypes: readonly string[],
    resourceIds: readonly string[],
  ) => Effect.Effect<readonly PermissionOn[], StoreUnavailable>;

  /** Ids of the resources on which a user has any of the permissions, each once. */
  readonly listReach: (
    tenant: string,
    userId: string,
    selection: ReachSelection,
  ) => Effect.Effect<readonly string[], StoreUnavailable>;
}
