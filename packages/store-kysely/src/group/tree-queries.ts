import type { Builder } from "../builder.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "../fixed-query.ts";
import { type GroupRow, groupColumns } from "./group-row.ts";

interface One {
  readonly tenant: string;
  readonly id: string;
}

interface TreeQueries {
  readonly takeTurn: FixedQuery<{ tenant: string }, unknown>;
  readonly depth: FixedQuery<One, { distance: number }>;
  readonly height: FixedQuery<One, { distance: number }>;
  readonly isAbove: FixedQuery<One & { below: string }, { distance: number }>;
  readonly addSelf: FixedQuery<One, unknown>;
  readonly attach: FixedQuery<One & { parentId: string }, unknown>;
  readonly detach: FixedQuery<One, unknown>;
  readonly detachBelow: FixedQuery<One, unknown>;
  readonly orphan: FixedQuery<One & { at: number }, unknown>;
  readonly listAncestors: FixedQuery<One, GroupRow>;
}

/** Which group is above which is written out, pair by pair, so that questions about it are joins. */
export const treeQueries = (db: Builder): TreeQueries => ({
  takeTurn: fixedQuery((value: HoleOf<{ tenant: string }>) =>
    db
      .insertInto("muster_group_trees")
      .values({ tenant: value("tenant"), changes: 1 })
      .onConflict((conflict) =>
        conflict.column("tenant").doUpdateSet((eb) => ({ changes: eb("muster_group_trees.changes", "+", eb.lit(1)) })),
      ),
  ),

  /** Distance of the furthest group above a group, itself included: none if there is no such group. */
  depth: fixedQuery((value: HoleOf<One>) =>
    db
      .selectFrom("muster_group_ancestors")
      .select("distance")
      .where("tenant", "=", value("tenant"))
      .where("group_id", "=", value("id"))
      .orderBy("distance", "desc")
      .limit(1),
  ),

  /** The same of the groups below it. */
  height: fixedQuery((value: HoleOf<One>) =>
    db
      .selectFrom("muster_group_ancestors")
      .select("distance")
      .where("tenant", "=", value("tenant"))
      .where("ancestor_id", "=", value("id"))
      .orderBy("distance", "desc")
      .limit(1),
  ),

  isAbove: fixedQuery((value: HoleOf<One & { below: string }>) =>
    db
      .selectFrom("muster_group_ancestors")
      .select("distance")
      .where("tenant", "=", value("tenant"))
      .where("group_id", "=", value("below"))
      .where("ancestor_id", "=", value("id")),
  ),

  addSelf: fixedQuery((value: HoleOf<One>) =>
    db
      .insertInto("muster_group_ancestors")
      .values({ tenant: value("tenant"), group_id: value("id"), ancestor_id: value("id"), distance: 0 }),
  ),

  /** Puts a group at the top, with all below it, below another. */
  attach: fixedQuery((value: HoleOf<One & { parentId: string }>) =>
    db
      .insertInto("muster_group_ancestors")
      .columns(["tenant", "group_id", "ancestor_id", "distance"])
      .expression((eb) =>
        eb
          .selectFrom("muster_group_ancestors as s")
          .innerJoin("muster_group_ancestors as p", "p.tenant", "s.tenant")
          .select((e) => [
            "s.tenant",
            "s.group_id",
            "p.ancestor_id",
            e(e("s.distance", "+", e.ref("p.distance")), "+", e.lit(1)).as("distance"),
          ])
          .where("s.tenant", "=", value("tenant"))
          .where("s.ancestor_id", "=", value("id"))
          .where("p.group_id", "=", value("parentId")),
      ),
  ),

  /** Puts a group at the top, with all below it. */
  detach: fixedQuery((value: HoleOf<One>) => apart(db, value).where("ancestor_id", "<>", value("id"))),

  /** The same for each of its children. Nothing is below it afterwards. */
  detachBelow: fixedQuery((value: HoleOf<One>) => apart(db, value).where("group_id", "<>", value("id"))),

  orphan: fixedQuery((value: HoleOf<One & { at: number }>) =>
    db
      .updateTable("muster_groups")
      .set((eb) => ({ parent_id: null, updated_at: value("at"), version: eb("version", "+", eb.lit(1)) }))
      .where("tenant", "=", value("tenant"))
      .where("parent_id", "=", value("id")),
  ),

  listAncestors: fixedQuery((value: HoleOf<One>) =>
    db
      .selectFrom("muster_group_ancestors as a")
      .innerJoin("muster_groups as g", (join) =>
        join.onRef("g.tenant", "=", "a.tenant").onRef("g.id", "=", "a.ancestor_id"),
      )
      .select(groupColumns.map((column) => `g.${column}` as const))
      .where("a.tenant", "=", value("tenant"))
      .where("a.group_id", "=", value("id"))
      .where("a.distance", ">", 0)
      .orderBy("a.distance"),
  ),
});

/** The pairs of a group or one below it with a group or one above it. */
const apart = (db: Builder, value: HoleOf<One>) =>
  db
    .deleteFrom("muster_group_ancestors")
    .where("tenant", "=", value("tenant"))
    .where("group_id", "in", (eb) =>
      eb
        .selectFrom("muster_group_ancestors as s")
        .select("s.group_id")
        .where("s.tenant", "=", value("tenant"))
        .where("s.ancestor_id", "=", value("id")),
    )
    .where("ancestor_id", "in", (eb) =>
      eb
        .selectFrom("muster_group_ancestors as p")
        .select("p.ancestor_id")
        .where("p.tenant", "=", value("tenant"))
        .where("p.group_id", "=", value("id")),
    );
