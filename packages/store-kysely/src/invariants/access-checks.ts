import type { Builder } from "../builder.ts";
import { type Check, nothingIsFound } from "./check.ts";

/** Groups whose tree contradicts itself; memberships and grants of nobody. */
export const accessChecks = (db: Builder): readonly Check[] => [...treeOf(db), ...membershipsOf(db), ...grantsOf(db)];

const treeOf = (db: Builder): readonly Check[] => {
  const groups = db.selectFrom("muster_groups as g").select(["g.tenant", "g.id"]);
  const ancestors = db.selectFrom("muster_group_ancestors as x").select(["x.tenant", "x.group_id as id"]).distinct();
  return [
    nothingIsFound(
      groups
        .leftJoin("muster_group_ancestors as x", (join) =>
          join.onRef("x.tenant", "=", "g.tenant").onRef("x.group_id", "=", "g.id").onRef("x.ancestor_id", "=", "g.id"),
        )
        .where("x.group_id", "is", null),
      (group) => `Group ${group} has no place in the tree.`,
    ),
    nothingIsFound(
      groups
        .leftJoin("muster_group_ancestors as x", (join) =>
          join.onRef("x.tenant", "=", "g.tenant").onRef("x.group_id", "=", "g.id").on("x.distance", "=", 1),
        )
        .where((eb) =>
          eb.or([
            eb("x.ancestor_id", "<>", eb.ref("g.parent_id")),
            eb.and([eb("x.ancestor_id", "is", null), eb("g.parent_id", "is not", null)]),
            eb.and([eb("x.ancestor_id", "is not", null), eb("g.parent_id", "is", null)]),
          ]),
        ),
      (group) => `Group ${group} has another parent than the tree tells.`,
    ),
    // Whoever is above a group at a distance is above its parent at one less, and the other way round.
    nothingIsFound(
      ancestors
        .innerJoin("muster_groups as g", (join) =>
          join.onRef("g.tenant", "=", "x.tenant").onRef("g.id", "=", "x.group_id"),
        )
        .leftJoin("muster_group_ancestors as p", (join) =>
          join
            .onRef("p.tenant", "=", "x.tenant")
            .onRef("p.group_id", "=", "g.parent_id")
            .onRef("p.ancestor_id", "=", "x.ancestor_id"),
        )
        .where("x.distance", ">", 0)
        .where((eb) =>
          eb.or([eb("p.distance", "is", null), eb("x.distance", "<>", eb(eb.ref("p.distance"), "+", eb.lit(1)))]),
        ),
      (group) => `Group ${group} has groups above it that are not above its parent.`,
    ),
    nothingIsFound(
      groups
        .distinct()
        .innerJoin("muster_group_ancestors as p", (join) =>
          join.onRef("p.tenant", "=", "g.tenant").onRef("p.group_id", "=", "g.parent_id"),
        )
        .leftJoin("muster_group_ancestors as x", (join) =>
          join
            .onRef("x.tenant", "=", "g.tenant")
            .onRef("x.group_id", "=", "g.id")
            .onRef("x.ancestor_id", "=", "p.ancestor_id"),
        )
        .where("x.group_id", "is", null),
      (group) => `Group ${group} lacks groups above it that are above its parent.`,
    ),
  ];
};

const membershipsOf = (db: Builder): readonly Check[] => {
  const members = db.selectFrom("muster_group_members as x");
  return [
    nothingIsFound(
      members
        .leftJoin("muster_users as u", (join) =>
          join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.user_id"),
        )
        .select(["x.tenant", "x.user_id as id"])
        .distinct()
        .where("u.id", "is", null),
      (user) => `There are memberships of user ${user}, who is not there.`,
    ),
    nothingIsFound(
      members
        .leftJoin("muster_groups as g", (join) =>
          join.onRef("g.tenant", "=", "x.tenant").onRef("g.id", "=", "x.group_id"),
        )
        .select(["x.tenant", "x.group_id as id"])
        .distinct()
        .where("g.id", "is", null),
      (group) => `There are memberships of group ${group}, which is not there.`,
    ),
  ];
};

const grantsOf = (db: Builder): readonly Check[] => [
  nothingIsFound(
    db
      .selectFrom("muster_user_grants as x")
      .leftJoin("muster_users as u", (join) =>
        join.onRef("u.tenant", "=", "x.tenant").onRef("u.id", "=", "x.grantee_id"),
      )
      .select(["x.tenant", "x.grantee_id as id"])
      .distinct()
      .where("u.id", "is", null),
    (user) => `There are grants to user ${user}, who is not there.`,
  ),
  nothingIsFound(
    db
      .selectFrom("muster_group_grants as x")
      .leftJoin("muster_groups as g", (join) =>
        join.onRef("g.tenant", "=", "x.tenant").onRef("g.id", "=", "x.grantee_id"),
      )
      .select(["x.tenant", "x.grantee_id as id"])
      .distinct()
      .where("g.id", "is", null),
    (group) => `There are grants to group ${group}, which is not there.`,
  ),
];
