import { sql } from "kysely";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import { type FixedQuery, fixedQuery, type HoleOf } from "./fixed-query.ts";

/** Keys that end in `s` are arrays of texts as JSON. */
interface OneResource {
  readonly tenant: string;
  readonly userId: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly permissions: string;
}

interface ManyResources {
  readonly tenant: string;
  readonly userId: string;
  readonly resourceTypes: string;
  readonly resourceIds: string;
}

interface Walk {
  readonly tenant: string;
  readonly granteeId: string;
  readonly resourceType: string;
  readonly permissions: string;
  readonly after: string;
  readonly limit: number;
}

interface Person {
  readonly tenant: string;
  readonly userId: string;
}

interface ReachQueries {
  readonly has: FixedQuery<OneResource, { id: string }>;
  readonly findAll: FixedQuery<ManyResources, { resource_type: string; resource_id: string; permission: string }>;
  readonly groupsOf: FixedQuery<Person, { ancestor_id: string }>;
  readonly ofUser: FixedQuery<Walk, { resource_id: string }>;
  readonly ofGroup: FixedQuery<Walk, { resource_id: string }>;
}

/** What a user has by grants to the user and to groups; who is not enabled has nothing. */
export const reachQueries = (db: Builder, dialect: Dialect): ReachQueries => {
  const each = (json: string) => db.selectFrom(dialect.eachText(json).as("e")).select("e.value");

  const enabled = (tenant: string, userId: string) =>
    db
      .selectFrom("muster_users as u")
      .select("u.id")
      .where("u.tenant", "=", tenant)
      .where("u.id", "=", userId)
      .where("u.status", "=", "enabled");

  /**
   * The groups whose grants count for a user: on the way up to them none is disabled. Not joins but sets: of joined tables
   * SQLite would begin with the tree of the whole tenant.
   */
  const groupsOf = (tenant: string, userId: string) =>
    db
      .selectFrom("muster_group_ancestors as a")
      .where("a.tenant", "=", tenant)
      .where("a.group_id", "in", (eb) =>
        eb
          .selectFrom("muster_group_members as m")
          .select("m.group_id")
          .where("m.tenant", "=", tenant)
          .where("m.user_id", "=", userId),
      )
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("muster_group_ancestors as p")
              .select("p.ancestor_id")
              .whereRef("p.tenant", "=", "a.tenant")
              .whereRef("p.group_id", "=", "a.group_id")
              .whereRef("p.distance", "<=", "a.distance")
              .where((each) =>
                each.exists(
                  each
                    .selectFrom("muster_groups as d")
                    .select("d.id")
                    .whereRef("d.tenant", "=", "p.tenant")
                    .whereRef("d.id", "=", "p.ancestor_id")
                    // As a literal, for the partial index.
                    .where("d.status", "=", sql.lit("disabled")),
                ),
              ),
          ),
        ),
      );

  const ofUsers = (tenant: string, userId: string) =>
    db.selectFrom("muster_user_grants as g").where("g.tenant", "=", tenant).where("g.grantee_id", "=", userId);

  const ofGroups = (tenant: string, userId: string) =>
    db
      .selectFrom("muster_group_grants as g")
      .where("g.tenant", "=", tenant)
      .where("g.grantee_id", "in", groupsOf(tenant, userId).select("a.ancestor_id"));

  const walk = (table: "muster_user_grants" | "muster_group_grants", value: HoleOf<Walk>) =>
    db
      .selectFrom(table)
      .select("resource_id")
      .distinct()
      .where("tenant", "=", value("tenant"))
      .where("grantee_id", "=", value("granteeId"))
      .where("resource_type", "=", value("resourceType"))
      .where("resource_id", ">", value("after"))
      .where("permission", "in", each(value("permissions")))
      .orderBy("resource_id")
      .limit(value("limit"));

  return {
    has: fixedQuery((value: HoleOf<OneResource>) =>
      enabled(value("tenant"), value("userId")).where((eb) =>
        eb.or([
          eb.exists(
            ofUsers(value("tenant"), value("userId"))
              .select("g.permission")
              .where("g.resource_type", "=", value("resourceType"))
              .where("g.resource_id", "=", value("resourceId"))
              .where("g.permission", "in", each(value("permissions"))),
          ),
          eb.exists(
            ofGroups(value("tenant"), value("userId"))
              .select("g.permission")
              .where("g.resource_type", "=", value("resourceType"))
              .where("g.resource_id", "=", value("resourceId"))
              .where("g.permission", "in", each(value("permissions"))),
          ),
        ]),
      ),
    ),

    findAll: fixedQuery((value: HoleOf<ManyResources>) =>
      ofUsers(value("tenant"), value("userId"))
        .select(["g.resource_type", "g.resource_id", "g.permission"])
        .where("g.resource_type", "in", each(value("resourceTypes")))
        .where("g.resource_id", "in", each(value("resourceIds")))
        .where((eb) => eb.exists(enabled(value("tenant"), value("userId"))))
        .union(
          ofGroups(value("tenant"), value("userId"))
            .select(["g.resource_type", "g.resource_id", "g.permission"])
            .where("g.resource_type", "in", each(value("resourceTypes")))
            .where("g.resource_id", "in", each(value("resourceIds")))
            .where((eb) => eb.exists(enabled(value("tenant"), value("userId")))),
        ),
    ),

    groupsOf: fixedQuery((value: HoleOf<Person>) =>
      groupsOf(value("tenant"), value("userId"))
        .select("a.ancestor_id")
        .where((eb) => eb.exists(enabled(value("tenant"), value("userId")))),
    ),

    ofUser: fixedQuery((value: HoleOf<Walk>) =>
      walk("muster_user_grants", value).where((eb) => eb.exists(enabled(value("tenant"), value("granteeId")))),
    ),
    ofGroup: fixedQuery((value: HoleOf<Walk>) => walk("muster_group_grants", value)),
  };
};
