import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { GroupCycle, GroupIdTaken, GroupNotFound, GroupTooDeep, StoreUnavailable } from "../errors.ts";
import type { Group, GroupStatus } from "../group/group.ts";

/** Which groups. Without any of these keys: all. */
export interface GroupFilter {
  /** Children of this group; null for those at the top. */
  readonly parentId?: string | null;
  /** Groups that have this user among their own members. */
  readonly memberId?: string;
  readonly status?: GroupStatus;
}

/** A page of groups in the order of (comparable name, id). */
export interface GroupSelection extends GroupFilter {
  /** Begins behind this place. */
  readonly after?: { readonly key: string; readonly id: string };
  readonly limit: number;
}

/** A page of a group's own members in the order of ids. */
export interface MemberSelection {
  readonly afterUserId?: string;
  readonly limit: number;
}

/**
 * Groups, the tree they form, and their members. Memberships go with the user and with the group.
 *
 * Every change of the tree's shape takes its turn with all others of the tenant: whatever they race with, no group is ever
 * above itself, and none is deeper than its maker allowed.
 */
export interface GroupStore {
  readonly find: (tenant: string, id: string) => Effect.Effect<Option.Option<Group>, StoreUnavailable>;

  /**
   * Adds a group. GroupNotFound: there is no group `parentId`. GroupTooDeep: it would be further down than `maximumDepth`,
   * where groups at the top have depth 1.
   */
  readonly insert: (
    tenant: string,
    group: Group,
    maximumDepth: number,
  ) => Effect.Effect<void, GroupIdTaken | GroupNotFound | GroupTooDeep | StoreUnavailable>;

  /** Replaces `before` by `after`, its place in the tree left out, if the version still is `before.version`; answers whether. */
  readonly update: (tenant: string, before: Group, after: Group) => Effect.Effect<boolean, StoreUnavailable>;

  /**
   * Like `update`, with everything below it moved below `after.parentId`. GroupCycle: that is the group itself or below it.
   * GroupNotFound: there is no such parent.
   */
  readonly move: (
    tenant: string,
    before: Group,
    after: Group,
    maximumDepth: number,
  ) => Effect.Effect<boolean, GroupNotFound | GroupCycle | GroupTooDeep | StoreUnavailable>;

  /**
   * Removes a group with its memberships and what was granted to it; answers whether there was one. Its children come to
   * stand at the top, with what is below them; for each of them that is an update at this instant.
   */
  readonly remove: (tenant: string, id: string, at: Date) => Effect.Effect<boolean, StoreUnavailable>;

  /** The groups above a group, its parent first. */
  readonly listAncestors: (tenant: string, id: string) => Effect.Effect<readonly Group[], StoreUnavailable>;

  readonly list: (tenant: string, selection: GroupSelection) => Effect.Effect<readonly Group[], StoreUnavailable>;

  /** Counting stops at `atMost` when it is given. */
  readonly count: (tenant: string, filter: GroupFilter, atMost?: number) => Effect.Effect<number, StoreUnavailable>;

  /** Adds existing users to an existing group; answers those who were not members of it. */
  readonly addMembers: (
    tenant: string,
    id: string,
    userIds: readonly string[],
    at: Date,
  ) => Effect.Effect<readonly string[], StoreUnavailable>;

  /** Answers those who were members of it. */
  readonly removeMembers: (
    tenant: string,
    id: string,
    userIds: readonly string[],
  ) => Effect.Effect<readonly string[], StoreUnavailable>;

  readonly listMembers: (
    tenant: string,
    id: string,
    selection: MemberSelection,
  ) => Effect.Effect<readonly string[], StoreUnavailable>;

  /** Counting stops at `atMost` when it is given. */
  readonly countMembers: (tenant: string, id: string, atMost?: number) => Effect.Effect<number, StoreUnavailable>;
}
