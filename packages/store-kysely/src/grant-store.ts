import type { Grant, Grantee, GrantStore, PermissionOn } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import type { Executor } from "./executor.ts";
import { compiled, fixedQuery } from "./fixed-query.ts";
import { reachQueries } from "./reach-queries.ts";
import type { GrantsTable } from "./tables.ts";

const ofUsers = "muster_user_grants";
const ofGroups = "muster_group_grants";
type GrantTable = typeof ofUsers | typeof ofGroups;

const key = ["tenant", "grantee_id", "resource_type", "resource_id", "permission"] as const;

export const grantStore = (db: Builder, dialect: Dialect): ((executor: Executor) => GrantStore) => {
  const reach = reachQueries(db, dialect);

  const remove = (table: GrantTable) =>
    fixedQuery<Omit<GrantsTable, "created_at">, unknown>((value) =>
      db
        .deleteFrom(table)
        .where("tenant", "=", value("tenant"))
        .where("grantee_id", "=", value("grantee_id"))
        .where("resource_type", "=", value("resource_type"))
        .where("resource_id", "=", value("resource_id"))
        .where("permission", "=", value("permission")),
    );
  const removals = { [ofUsers]: remove(ofUsers), [ofGroups]: remove(ofGroups) };

  const insertInto = Effect.fnUntraced(function* (tx: Executor, table: GrantTable, rows: readonly GrantsTable[]) {
    if (rows.length === 0) return [];
    const statement = db
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) => conflict.columns([...key]).doNothing())
      .returning(key);
    return (yield* tx.all(compiled(statement))).map((row) => grantOf(table, row));
  });

  const listOn = (
    executor: Executor,
    table: GrantTable,
    tenant: string,
    { resourceType, resourceId }: Omit<PermissionOn, "permission">,
    after: readonly [string, string],
    limit: number,
  ) => {
    const query = db
      .selectFrom(table)
      .select(key)
      .where("tenant", "=", tenant)
      .where("resource_type", "=", resourceType)
      .where("resource_id", "=", resourceId)
      .where((eb) => eb(eb.refTuple("grantee_id", "permission"), ">", eb.tuple(...after)))
      .orderBy("grantee_id")
      .orderBy("permission")
      .limit(limit);
    return Effect.map(executor.all(compiled(query)), (rows) => rows.map((row) => grantOf(table, row)));
  };

  return (executor) => ({
    insert: (tenant, grants, at) =>
      executor.atomically(
        Effect.fnUntraced(function* (tx) {
          const all = grants.map((grant) => ({
            table: tableOf(grant),
            row: { ...rowOf(tenant, grant), created_at: at.getTime() },
          }));
          const rowsIn = (of: GrantTable) => all.flatMap(({ table, row }) => (table === of ? [row] : []));
          return [
            ...(yield* insertInto(tx, ofUsers, rowsIn(ofUsers))),
            ...(yield* insertInto(tx, ofGroups, rowsIn(ofGroups))),
          ];
        }),
      ),

    remove: (tenant, grants) =>
      executor.atomically((tx) =>
        Effect.filter(grants, (grant) =>
          Effect.map(tx.run(removals[tableOf(grant)](rowOf(tenant, grant))), (changes) => changes === 1),
        ),
      ),

    listOf: (tenant, grantee, { after, limit }) => {
      const table = tableOf(grantee);
      const query = db
        .selectFrom(table)
        .select(key)
        .where("tenant", "=", tenant)
        .where("grantee_id", "=", idOf(grantee))
        .orderBy("resource_type")
        .orderBy("resource_id")
        .orderBy("permission")
        .limit(limit);
      const beyond =
        after === undefined
          ? query
          : query.where((eb) =>
              eb(
                eb.refTuple("resource_type", "resource_id", "permission"),
                ">",
                eb.tuple(after.resourceType, after.resourceId, after.permission),
              ),
            );
      return Effect.map(executor.all(compiled(beyond)), (rows) => rows.map((row) => grantOf(table, row)));
    },

    listOn: Effect.fnUntraced(function* (tenant, resource, { after, limit }) {
      const place = [after === undefined ? "" : idOf(after), after?.permission ?? ""] as const;
      const isPastGroups = after !== undefined && "userId" in after;
      const groups = isPastGroups ? [] : yield* listOn(executor, ofGroups, tenant, resource, place, limit);
      if (groups.length === limit) return groups;
      const start = isPastGroups ? place : (["", ""] as const);
      return [...groups, ...(yield* listOn(executor, ofUsers, tenant, resource, start, limit - groups.length))];
    }),

    has: (tenant, userId, { resourceType, resourceId }, permissions) => {
      const question = { tenant, userId, resourceType, resourceId, permissions: JSON.stringify(permissions) };
      return Effect.map(executor.first(reach.has(question)), (row) => row !== undefined);
    },

    findAll: (tenant, userId, resourceTypes, resourceIds) => {
      const question = {
        tenant,
        userId,
        resourceTypes: JSON.stringify(resourceTypes),
        resourceIds: JSON.stringify(resourceIds),
      };
      return Effect.map(executor.all(reach.findAll(question)), (rows) => rows.map(permissionOn));
    },

    listReach: Effect.fnUntraced(function* (tenant, userId, { resourceType, permissions, after = "", limit }) {
      const question = { tenant, resourceType, permissions: JSON.stringify(permissions), after, limit };
      const own = yield* executor.all(reach.ofUser({ ...question, granteeId: userId }));
      const found = new Set(own.map((row) => row.resource_id));
      // One by one: each is a short walk along an index, however much was granted to a group.
      const groups = yield* executor.all(reach.groupsOf({ tenant, userId }));
      for (const granteeId of new Set(groups.map((row) => row.ancestor_id))) {
        for (const row of yield* executor.all(reach.ofGroup({ ...question, granteeId }))) found.add(row.resource_id);
      }
      return [...found].sort().slice(0, limit);
    }),
  });
};

type Key = Omit<GrantsTable, "created_at">;

const tableOf = (grantee: Grantee): GrantTable => ("userId" in grantee ? ofUsers : ofGroups);
const idOf = (grantee: Grantee): string => ("userId" in grantee ? grantee.userId : grantee.groupId);

const rowOf = (tenant: string, grant: Grant): Key => ({
  tenant,
  grantee_id: idOf(grant),
  resource_type: grant.resourceType,
  resource_id: grant.resourceId,
  permission: grant.permission,
});

const permissionOn = (row: Omit<Key, "tenant" | "grantee_id">): PermissionOn => ({
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  permission: row.permission,
});

const grantOf = (table: GrantTable, row: Key): Grant =>
  table === ofUsers
    ? { userId: row.grantee_id, ...permissionOn(row) }
    : { groupId: row.grantee_id, ...permissionOn(row) };
