import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { GroupCycle, GroupIdTaken, GroupNotFound, GroupTooDeep } from "../errors.ts";
import type { Group } from "../group/group.ts";
import { comparable, compareCodePoints } from "../kernel/text.ts";
import type { GroupFilter, GroupStore } from "../ports/group-store.ts";
import { type Run, type Tables, type TenantTables, tablesOf } from "./memory-tables.ts";

export const memoryGroups = (tables: Tables, run: Run): GroupStore => ({
  find: (tenant, id) =>
    run(() => Effect.succeed(Option.map(Option.fromUndefinedOr(tablesOf(tables, tenant).groups.get(id)), copyOf))),

  insert: (tenant, group, maximumDepth) =>
    run((journal): Effect.Effect<void, GroupIdTaken | GroupNotFound | GroupTooDeep> => {
      const own = tablesOf(tables, tenant);
      if (own.groups.has(group.id)) return Effect.fail(new GroupIdTaken());
      if (group.parentId !== null && !own.groups.has(group.parentId)) return Effect.fail(new GroupNotFound());
      if (depthOf(own, group.parentId) + 1 > maximumDepth) return Effect.fail(new GroupTooDeep({ maximumDepth }));
      journal.set(own.groups, group.id, copyOf(group));
      return Effect.void;
    }),

  update: (tenant, before, after) =>
    run((journal) => {
      const { groups } = tablesOf(tables, tenant);
      const stored = groups.get(before.id);
      if (stored?.version !== before.version) return Effect.succeed(false);
      journal.set(groups, before.id, copyOf({ ...after, id: stored.id, parentId: stored.parentId }));
      return Effect.succeed(true);
    }),

  move: (tenant, before, after, maximumDepth) =>
    run((journal): Effect.Effect<boolean, GroupNotFound | GroupCycle | GroupTooDeep> => {
      const own = tablesOf(tables, tenant);
      const { id, parentId } = after;
      if (own.groups.get(id)?.version !== before.version) return Effect.succeed(false);
      if (parentId !== null && !own.groups.has(parentId)) return Effect.fail(new GroupNotFound());
      if (parentId !== null && upFrom(own, parentId).some((above) => above.id === id)) {
        return Effect.fail(new GroupCycle());
      }
      const height = Math.max(...below(own, id).map((group) => depthOf(own, group.id))) - depthOf(own, id) + 1;
      if (depthOf(own, parentId) + height > maximumDepth) return Effect.fail(new GroupTooDeep({ maximumDepth }));
      journal.set(own.groups, id, copyOf(after));
      return Effect.succeed(true);
    }),

  remove: (tenant, id, at) =>
    run((journal) => {
      const own = tablesOf(tables, tenant);
      if (!own.groups.has(id)) return Effect.succeed(false);
      for (const [key, { groupId }] of [...own.memberships]) if (groupId === id) journal.remove(own.memberships, key);
      for (const [key, grant] of [...own.grants]) {
        if ("groupId" in grant && grant.groupId === id) journal.remove(own.grants, key);
      }
      for (const group of [...own.groups.values()]) {
        if (group.parentId !== id) continue;
        const orphan = { ...group, parentId: null, updatedAt: at, version: group.version + 1 };
        journal.set(own.groups, group.id, orphan);
      }
      journal.remove(own.groups, id);
      return Effect.succeed(true);
    }),

  listAncestors: (tenant, id) => run(() => Effect.succeed(upFrom(tablesOf(tables, tenant), id).slice(1).map(copyOf))),

  list: (tenant, { after, limit, ...filter }) =>
    run(() => {
      const sorted = selected(tablesOf(tables, tenant), filter).sort(byName);
      const place = after === undefined ? undefined : { name: after.key, id: after.id };
      const beyond = place === undefined ? sorted : sorted.filter((group) => byName(group, place) > 0);
      return Effect.succeed(beyond.slice(0, limit).map(copyOf));
    }),

  count: (tenant, filter, atMost = Number.POSITIVE_INFINITY) =>
    run(() => Effect.succeed(Math.min(atMost, selected(tablesOf(tables, tenant), filter).length))),

  addMembers: (tenant, id, userIds) =>
    run((journal) => {
      const own = tablesOf(tables, tenant);
      if (!own.groups.has(id) || userIds.some((userId) => !own.users.has(userId))) {
        throw new Error("A membership was inserted without its group or user.");
      }
      const added = [...new Set(userIds)].filter((userId) => !own.memberships.has(keyOf(id, userId)));
      for (const userId of added) journal.set(own.memberships, keyOf(id, userId), { groupId: id, userId });
      return Effect.succeed(added);
    }),

  removeMembers: (tenant, id, userIds) =>
    run((journal) => {
      const { memberships } = tablesOf(tables, tenant);
      const removed = [...new Set(userIds)].filter((userId) => memberships.has(keyOf(id, userId)));
      for (const userId of removed) journal.remove(memberships, keyOf(id, userId));
      return Effect.succeed(removed);
    }),

  listMembers: (tenant, id, { afterUserId = "", limit }) =>
    run(() => {
      const beyond = membersOf(tablesOf(tables, tenant), id).filter(
        (userId) => compareCodePoints(userId, afterUserId) > 0,
      );
      return Effect.succeed(beyond.sort(compareCodePoints).slice(0, limit));
    }),

  countMembers: (tenant, id, atMost = Number.POSITIVE_INFINITY) =>
    run(() => Effect.succeed(Math.min(atMost, membersOf(tablesOf(tables, tenant), id).length))),
});

const keyOf = (groupId: string, userId: string): string => JSON.stringify([groupId, userId]);
const copyOf = (group: Group): Group => structuredClone(group);

const byName = (left: Pick<Group, "name" | "id">, right: Pick<Group, "name" | "id">): number =>
  compareCodePoints(comparable(left.name), comparable(right.name)) || compareCodePoints(left.id, right.id);

const membersOf = (own: TenantTables, id: string): string[] =>
  [...own.memberships.values()].flatMap(({ groupId, userId }) => (groupId === id ? [userId] : []));

/** A group and those above it, nearest first. */
export const upFrom = (own: TenantTables, id: string): readonly Group[] => {
  const group = own.groups.get(id);
  if (group === undefined) return [];
  return [group, ...(group.parentId === null ? [] : upFrom(own, group.parentId))];
};

const depthOf = (own: TenantTables, id: string | null): number => (id === null ? 0 : upFrom(own, id).length);

/** A group and those below it. */
const below = (own: TenantTables, id: string): readonly Group[] =>
  [...own.groups.values()].filter((group) => upFrom(own, group.id).some((above) => above.id === id));

const selected = (own: TenantTables, { parentId, memberId, status }: GroupFilter): Group[] =>
  [...own.groups.values()].filter(
    (group) =>
      (parentId === undefined || group.parentId === parentId) &&
      (status === undefined || group.status === status) &&
      (memberId === undefined || own.memberships.has(keyOf(group.id, memberId))),
  );
