import type { JsonObject } from "../kernel/json.ts";
import type { TotalMode } from "../user/user-filter.ts";

/** Whether what is granted to a group counts. */
export type GroupStatus = "enabled" | "disabled";

/**
 * A group of users, perhaps below another group. What is granted to a group counts for its members and for the members of
 * all groups below it. A disabled group passes nothing on: neither what is granted to it nor what is granted above it.
 */
export interface Group {
  readonly id: string;
  /** 1–254 characters. Need not be unique. */
  readonly name: string;
  /** 1–1,024 characters. */
  readonly description: string | null;
  /** Null for a group at the top. */
  readonly parentId: string | null;
  readonly metadata: JsonObject;
  readonly status: GroupStatus;
  readonly createdAt: Date;
  /** Null until the first update. */
  readonly updatedAt: Date | null;
  /** Starts at 1, rises by one with each change of the group itself; members and grants do not count. */
  readonly version: number;
}

/** What `groups.create` takes. */
export interface NewGroup {
  /** Made when absent. */
  readonly id?: string;
  readonly name: string;
  readonly description?: string | null;
  readonly parentId?: string | null;
  readonly metadata?: JsonObject;
}

/** What `groups.update` takes: absent keys stay as they are, null clears, metadata is replaced whole. */
export interface GroupPatch {
  readonly name?: string;
  readonly description?: string | null;
  readonly metadata?: JsonObject;
}

/** What lists of groups take. Sorted by name. */
export interface GroupQuery {
  /** Children of this group; null for those at the top. */
  readonly parentId?: string | null;
  readonly status?: GroupStatus;
  /** 1–100, 20 unless given. */
  readonly limit?: number;
  readonly cursor?: string;
  /** `none` unless given. */
  readonly total?: TotalMode;
}

/** What the list of a group's members takes. Sorted by id. */
export type MemberQuery = Pick<GroupQuery, "limit" | "cursor" | "total">;
