/** To whom something is granted: a user, or all members of a group and of the groups below it. */
export type Grantee = { readonly userId: string } | { readonly groupId: string };

/** Something on which permissions are granted, e.g. location 17. What there is and what it is called is the host's. */
export interface Resource {
  readonly resourceType: string;
  /** 1–128 of `A-Z a-z 0-9 . _ ~ : -`. */
  readonly resourceId: string;
}

/** A permission on one resource. */
export interface PermissionOn extends Resource {
  readonly permission: string;
}

/** A permission on one resource, and who has it. */
export type Grant = Grantee & PermissionOn;

/** What lists of grants take. */
export interface GrantQuery {
  /** 1–100, 20 unless given. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** What `grants.listResources` takes. */
export interface ResourceQuery {
  readonly userId: string;
  readonly permission: string;
  readonly resourceType: string;
  /** Begins behind this id of a resource. */
  readonly after?: string;
  /** 1–1,000, 100 unless given. */
  readonly limit?: number;
}

/**
 * Resource type → permission → the permissions it implies, e.g. `{ location: { edit: ["view"], view: [] } }`. Implication is
 * transitive. What is not declared can be neither granted nor asked for.
 */
export interface PermissionTable {
  readonly [resourceType: string]: { readonly [permission: string]: readonly string[] };
}
