import { type Group, GroupCycle, GroupIdTaken, GroupNotFound, type GroupStore, GroupTooDeep } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "../builder.ts";
import type { Executor } from "../executor.ts";
import { fixedQuery, type HoleOf } from "../fixed-query.ts";
import type { GroupsTable } from "../tables.ts";
import { type GroupValues, valuesOf } from "./group-row.ts";
import { treeQueries } from "./tree-queries.ts";

type Guarded = GroupValues & { readonly tenant: string; readonly id: string; readonly expected: number };

/** What changes groups. Whoever changes the shape of the tree takes a turn first: until then nothing is looked at. */
export const treeWrites = (
  db: Builder,
): ((executor: Executor) => Pick<GroupStore, "insert" | "update" | "move" | "remove">) => {
  const tree = treeQueries(db);

  const insertGroup = fixedQuery((value: HoleOf<GroupsTable>) =>
    db
      .insertInto("muster_groups")
      .values({
        tenant: value("tenant"),
        id: value("id"),
        name: value("name"),
        name_key: value("name_key"),
        description: value("description"),
        parent_id: value("parent_id"),
        metadata: value("metadata"),
        status: value("status"),
        created_at: value("created_at"),
        updated_at: value("updated_at"),
        version: value("version"),
      })
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing()),
  );

  const updateGroup = fixedQuery((value: HoleOf<Guarded>) =>
    db
      .updateTable("muster_groups")
      .set({
        name: value("name"),
        name_key: value("name_key"),
        description: value("description"),
        parent_id: value("parent_id"),
        metadata: value("metadata"),
        status: value("status"),
        updated_at: value("updated_at"),
        version: value("version"),
      })
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("version", "=", value("expected")),
  );

  const removeGroup = fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db.deleteFrom("muster_groups").where("tenant", "=", value("tenant")).where("id", "=", value("id")),
  );

  /** How many levels there are down to a group that is to be a parent. */
  const depthOf = Effect.fnUntraced(function* (tx: Executor, tenant: string, id: string) {
    const found = yield* tx.first(tree.depth({ tenant, id }));
    return found === undefined ? yield* new GroupNotFound() : Number(found.distance) + 1;
  });

  const write = (tx: Executor, tenant: string, { id, version: expected }: Group, after: Group) =>
    Effect.map(tx.run(updateGroup({ tenant, id, expected, ...valuesOf(after) })), (changes) => changes === 1);

  const insert = Effect.fnUntraced(function* (tx: Executor, tenant: string, group: Group, maximumDepth: number) {
    const { id, parentId, createdAt } = group;
    if (parentId !== null) {
      yield* tx.run(tree.takeTurn({ tenant }));
      if ((yield* depthOf(tx, tenant, parentId)) + 1 > maximumDepth) return yield* new GroupTooDeep({ maximumDepth });
    }
    const row = { tenant, id, created_at: createdAt.getTime(), ...valuesOf(group) };
    if ((yield* tx.run(insertGroup(row))) === 0) return yield* new GroupIdTaken();
    yield* tx.run(tree.addSelf({ tenant, id }));
    if (parentId !== null) yield* tx.run(tree.attach({ tenant, id, parentId }));
  });

  const move = Effect.fnUntraced(function* (
    tx: Executor,
    tenant: string,
    before: Group,
    after: Group,
    maximumDepth: number,
  ) {
    const [id, parentId] = [before.id, after.parentId];
    yield* tx.run(tree.takeTurn({ tenant }));
    if (parentId !== null) {
      const depth = yield* depthOf(tx, tenant, parentId);
      if ((yield* tx.first(tree.isAbove({ tenant, id, below: parentId }))) !== undefined)
        return yield* new GroupCycle();
      const height = Number((yield* tx.first(tree.height({ tenant, id })))?.distance ?? 0) + 1;
      if (depth + height > maximumDepth) return yield* new GroupTooDeep({ maximumDepth });
    }
    if (!(yield* write(tx, tenant, before, after))) return false;
    yield* tx.run(tree.detach({ tenant, id }));
    if (parentId !== null) yield* tx.run(tree.attach({ tenant, id, parentId }));
    return true;
  });

  const remove = Effect.fnUntraced(function* (tx: Executor, tenant: string, id: string, at: Date) {
    yield* tx.run(tree.takeTurn({ tenant }));
    yield* tx.run(tree.orphan({ tenant, id, at: at.getTime() }));
    yield* tx.run(tree.detachBelow({ tenant, id }));
    return (yield* tx.run(removeGroup({ tenant, id }))) === 1;
  });

  return (executor) => ({
    insert: (tenant, group, maximumDepth) => executor.atomically((tx) => insert(tx, tenant, group, maximumDepth)),
    update: (tenant, before, after) => write(executor, tenant, before, { ...after, parentId: before.parentId }),
    move: (tenant, before, after, maximumDepth) =>
      executor.atomically((tx) => move(tx, tenant, before, after, maximumDepth)),
    remove: (tenant, id, at) => executor.atomically((tx) => remove(tx, tenant, id, at)),
  });
};
