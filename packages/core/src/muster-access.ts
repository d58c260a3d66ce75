import type * as Effect from "effect/Effect";
import type { Grant, GrantQuery, PermissionOn, Resource, ResourceQuery } from "./grant/grant.ts";
import type * as GrantErrors from "./grant/grant-errors.ts";
import type { Group, GroupPatch, GroupQuery, MemberQuery, NewGroup } from "./group/group.ts";
import type * as GroupErrors from "./group/group-errors.ts";
import type { Page } from "./muster.ts";
import type { IfVersion } from "./user/user.ts";

/**
 * Groups of users. Every change may name the `version` it expects and is one transaction with its audit event. Besides the
 * errors each operation names, all of them may fail with InvalidInput, Unauthenticated, Forbidden, StoreUnavailable, Closed.
 */
export interface Groups<View> {
  /** Adds a group, at the top or below another. Fails with GroupIdTaken, GroupNotFound (the parent), GroupTooDeep. */
  readonly create: (group: NewGroup) => Promise<Group>;
  /** Fails with GroupNotFound, as does whatever else takes the id of a group. */
  readonly get: (id: string) => Promise<Group>;
  /** By name. Children of a group: `{ parentId }`, groups at the top: `{ parentId: null }`. */
  readonly list: (query?: GroupQuery) => Promise<Page<Group>>;
  /** The groups above a group, its parent first. */
  readonly listAncestors: (id: string) => Promise<readonly Group[]>;
  /** Groups that have a user among their own members, by name. Fails with UserNotFound. */
  readonly listOfUser: (userId: string, query?: MemberQuery) => Promise<Page<Group>>;
  /** Changes name, description and metadata. A patch that changes nothing writes nothing. */
  readonly update: (id: string, patch: GroupPatch, ifVersion?: IfVersion) => Promise<Group>;
  /** Moves a group, with all below it, below another or (null) to the top. Fails with GroupCycle, GroupTooDeep. */
  readonly move: (id: string, parentId: string | null, ifVersion?: IfVersion) => Promise<Group>;
  readonly enable: (id: string, ifVersion?: IfVersion) => Promise<Group>;
  /** Makes a group pass nothing on to its members and to those of the groups below it. */
  readonly disable: (id: string, ifVersion?: IfVersion) => Promise<Group>;
  /** Removes a group with its memberships and grants. Its children come to stand at the top. */
  readonly delete: (id: string, ifVersion?: IfVersion) => Promise<void>;
  /** Adds up to 100 users; answers how many were no members yet. Fails with UserNotFound, and adds nobody then. */
  readonly addMembers: (id: string, userIds: readonly string[]) => Promise<number>;
  /** Removes up to 100 users; answers how many were members. */
  readonly removeMembers: (id: string, userIds: readonly string[]) => Promise<number>;
  /** A group's own members, by id. */
  readonly listMembers: (id: string, query?: MemberQuery) => Promise<Page<View>>;
}

/**
 * Permissions on the host's resources, granted to users and groups. What is granted to a group counts for its members and for
 * the members of the groups below it. Types and permissions are those of the option `permissions`; others are InvalidInput.
 */
export interface Grants {
  /** Makes up to 500 grants, all or none; answers how many were not there yet. Fails with UserNotFound, GroupNotFound. */
  readonly set: (grants: readonly Grant[]) => Promise<number>;
  /** Takes up to 500 grants back, all or none; answers how many were there. */
  readonly remove: (grants: readonly Grant[]) => Promise<number>;
  /** What was granted to a user as such, by resource. Fails with UserNotFound. */
  readonly listOfUser: (userId: string, query?: GrantQuery) => Promise<Page<Grant>>;
  /** What was granted to a group as such, by resource. Fails with GroupNotFound. */
  readonly listOfGroup: (groupId: string, query?: GrantQuery) => Promise<Page<Grant>>;
  /** What was granted on a resource, groups before users. */
  readonly listOn: (resource: Resource, query?: GrantQuery) => Promise<Page<Grant>>;
  /** Whether a user has a permission, by whatever way. False for a user who is not there or not enabled. */
  readonly check: (userId: string, question: PermissionOn) => Promise<boolean>;
  /** Answers up to 100 questions in their order, by one statement. */
  readonly checkMany: (userId: string, questions: readonly PermissionOn[]) => Promise<readonly boolean[]>;
  /** Ids of the resources on which a user has a permission, in the order of their bytes; go on with the last as `after`. */
  readonly listResources: (query: ResourceQuery) => Promise<readonly string[]>;
}

type Change<Value, E> = (id: string, value: Value, ifVersion?: IfVersion) => Effect.Effect<Group, E>;
type Turn = (id: string, ifVersion?: IfVersion) => Effect.Effect<Group, GroupErrors.ChangeGroupError>;
type ChangeMembers = (id: string, userIds: readonly string[]) => Effect.Effect<number, GroupErrors.ChangeMembersError>;

/** `Groups` as Effects. */
export interface EffectGroups<View> {
  readonly create: (group: NewGroup) => Effect.Effect<Group, GroupErrors.CreateGroupError>;
  readonly get: (id: string) => Effect.Effect<Group, GroupErrors.FindGroupError>;
  readonly list: (query?: GroupQuery) => Effect.Effect<Page<Group>, GroupErrors.ListGroupsError>;
  readonly listAncestors: (id: string) => Effect.Effect<readonly Group[], GroupErrors.FindGroupError>;
  readonly listOfUser: (
    userId: string,
    query?: MemberQuery,
  ) => Effect.Effect<Page<Group>, GroupErrors.ListGroupsOfUserError>;
  readonly update: Change<GroupPatch, GroupErrors.ChangeGroupError>;
  readonly move: Change<string | null, GroupErrors.MoveGroupError>;
  readonly enable: Turn;
  readonly disable: Turn;
  readonly delete: (id: string, ifVersion?: IfVersion) => Effect.Effect<void, GroupErrors.DeleteGroupError>;
  readonly addMembers: ChangeMembers;
  readonly removeMembers: ChangeMembers;
  readonly listMembers: (id: string, query?: MemberQuery) => Effect.Effect<Page<View>, GroupErrors.FindGroupError>;
}

/** `Grants` as Effects. */
export interface EffectGrants {
  readonly set: (grants: readonly Grant[]) => Effect.Effect<number, GrantErrors.SetGrantsError>;
  readonly remove: (grants: readonly Grant[]) => Effect.Effect<number, GrantErrors.RemoveGrantsError>;
  readonly listOfUser: (
    userId: string,
    query?: GrantQuery,
  ) => Effect.Effect<Page<Grant>, GrantErrors.ListGrantsOfUserError>;
  readonly listOfGroup: (
    groupId: string,
    query?: GrantQuery,
  ) => Effect.Effect<Page<Grant>, GrantErrors.ListGrantsOfGroupError>;
  readonly listOn: (resource: Resource, query?: GrantQuery) => Effect.Effect<Page<Grant>, GrantErrors.CheckGrantsError>;
  readonly check: (userId: string, question: PermissionOn) => Effect.Effect<boolean, GrantErrors.CheckGrantsError>;
  readonly checkMany: (
    userId: string,
    questions: readonly PermissionOn[],
  ) => Effect.Effect<readonly boolean[], GrantErrors.CheckGrantsError>;
  readonly listResources: (query: ResourceQuery) => Effect.Effect<readonly string[], GrantErrors.CheckGrantsError>;
}
