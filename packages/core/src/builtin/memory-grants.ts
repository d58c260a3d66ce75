import * as Effect from "effect/Effect";
import type { Grant, Grantee, PermissionOn, Resource } from "../grant/grant.ts";
import { compareCodePoints } from "../kernel/text.ts";
import type { GrantStore } from "../ports/grant-store.ts";
import { upFrom } from "./memory-groups.ts";
import { type Run, type Tables, type TenantTables, tablesOf } from "./memory-tables.ts";

export const memoryGrants = (tables: Tables, run: Run): GrantStore => ({
  insert: (tenant, grants) =>
    run((journal) => {
      const own = tablesOf(tables, tenant);
      if (grants.some((grant) => !isThere(own, grant))) throw new Error("A grant was inserted without its grantee.");
      const added = distinct(grants).filter((grant) => !own.grants.has(keyOf(grant)));
      for (const grant of added) journal.set(own.grants, keyOf(grant), { ...grant });
      return Effect.succeed(added);
    }),

  remove: (tenant, grants) =>
    run((journal) => {
      const own = tablesOf(tables, tenant);
      const removed = distinct(grants).filter((grant) => own.grants.has(keyOf(grant)));
      for (const grant of removed) journal.remove(own.grants, keyOf(grant));
      return Effect.succeed(removed);
    }),

  listOf: (tenant, grantee, { after, limit }) =>
    run(() => {
      const place = (grant: PermissionOn) => [grant.resourceType, grant.resourceId, grant.permission];
      const own = granted(tablesOf(tables, tenant)).filter((grant) => granteeKey(grant) === granteeKey(grantee));
      return Effect.succeed(page(own, place, after && place(after), limit));
    }),

  listOn: (tenant, resource, { after, limit }) =>
    run(() => {
      const place = (grant: Grantee & { permission: string }) => [granteeKey(grant), grant.permission];
      const own = granted(tablesOf(tables, tenant)).filter((grant) => isOn(grant, resource));
      return Effect.succeed(page(own, place, after && place(after), limit));
    }),

  has: (tenant, userId, resource, permissions) =>
    run(() =>
      Effect.succeed(
        reached(tablesOf(tables, tenant), userId).some(
          (grant) => isOn(grant, resource) && permissions.includes(grant.permission),
        ),
      ),
    ),

  findAll: (tenant, userId, resourceTypes, resourceIds) =>
    run(() => {
      const found = reached(tablesOf(tables, tenant), userId).filter(
        (grant) => resourceTypes.includes(grant.resourceType) && resourceIds.includes(grant.resourceId),
      );
      const bare = found.map(({ resourceType, resourceId, permission }) => ({ resourceType, resourceId, permission }));
      return Effect.succeed([...new Map(bare.map((grant) => [Object.values(grant).join(" "), grant])).values()]);
    }),

  listReach: (tenant, userId, { resourceType, permissions, after = "", limit }) =>
    run(() => {
      const found = reached(tablesOf(tables, tenant), userId).filter(
        (grant) => grant.resourceType === resourceType && permissions.includes(grant.permission),
      );
      const ids = [...new Set(found.map(({ resourceId }) => resourceId))].filter(
        (id) => compareCodePoints(id, after) > 0,
      );
      return Effect.succeed(ids.sort(compareCodePoints).slice(0, limit));
    }),
});

const granteeKey = (grantee: Grantee): string =>
  "userId" in grantee ? `user ${grantee.userId}` : `group ${grantee.groupId}`;

/** None of the parts holds a space. */
const keyOf = (grant: Grant): string =>
  [granteeKey(grant), grant.resourceType, grant.resourceId, grant.permission].join(" ");

const distinct = (grants: readonly Grant[]): readonly Grant[] => [
  ...new Map(grants.map((grant) => [keyOf(grant), grant])).values(),
];

const isThere = (own: TenantTables, grantee: Grantee): boolean =>
  "userId" in grantee ? own.users.has(grantee.userId) : own.groups.has(grantee.groupId);

const isOn = (grant: Resource, { resourceType, resourceId }: Resource): boolean =>
  grant.resourceType === resourceType && grant.resourceId === resourceId;

const granted = (own: TenantTables): readonly Grant[] => [...own.grants.values()].map((grant) => ({ ...grant }));

const page = (
  grants: readonly Grant[],
  place: (grant: Grant) => readonly string[],
  after: readonly string[] | undefined,
  limit: number,
): readonly Grant[] =>
  grants
    .filter((grant) => after === undefined || comparePlaces(place(grant), after) > 0)
    .sort((left, right) => comparePlaces(place(left), place(right)))
    .slice(0, limit);

const comparePlaces = (left: readonly string[], right: readonly string[]): number => {
  for (const [index, part] of left.entries()) {
    const order = compareCodePoints(part, right[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
};

/** What counts for a user: see the port. */
const reached = (own: TenantTables, userId: string): readonly Grant[] => {
  if (own.users.get(userId)?.user.status !== "enabled") return [];
  const groups = new Set<string>();
  for (const membership of own.memberships.values()) {
    if (membership.userId !== userId) continue;
    for (const { id, status } of upFrom(own, membership.groupId)) {
      if (status === "disabled") break;
      groups.add(id);
    }
  }
  return granted(own).filter((grant) => ("userId" in grant ? grant.userId === userId : groups.has(grant.groupId)));
};
