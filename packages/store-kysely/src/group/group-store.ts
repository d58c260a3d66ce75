import type { GroupFilter, GroupStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { AliasableExpression, ExpressionBuilder } from "kysely";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { compiled, fixedQuery, type HoleOf } from "../fixed-query.ts";
import type { GroupsTable, Tables } from "../tables.ts";
import { groupColumns, groupOf } from "./group-row.ts";
import { treeQueries } from "./tree-queries.ts";
import { treeWrites } from "./tree-writes.ts";

interface Members {
  readonly tenant: string;
  readonly id: string;
  /** An array of texts as JSON. */
  readonly userIds: string;
}

export const groupStore = (db: Builder, dialect: Dialect): ((executor: Executor) => GroupStore) => {
  const { listAncestors } = treeQueries(db);
  const writes = treeWrites(db);

  const find = fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_groups")
      .select(groupColumns)
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id")),
  );

  const addMembers = fixedQuery((value: HoleOf<Members & { at: number }>) =>
    db
      .insertInto("muster_group_members")
      .columns(["tenant", "group_id", "user_id", "created_at"])
      .expression((eb) =>
        eb
          .selectFrom(dialect.eachText(value("userIds")).as("e"))
          .select((e) => [
            e.val(value("tenant")).as("tenant"),
            e.val(value("id")).as("group_id"),
            "e.value",
            e.val(value("at")).as("created_at"),
          ])
          .where(eb.lit(true)),
      )
      .onConflict((conflict) => conflict.columns(["tenant", "group_id", "user_id"]).doNothing())
      .returning("user_id"),
  );

  const removeMembers = fixedQuery((value: HoleOf<Members>) =>
    db
      .deleteFrom("muster_group_members")
      .where("tenant", "=", value("tenant"))
      .where("group_id", "=", value("id"))
      .where("user_id", "in", (eb) => eb.selectFrom(dialect.eachText(value("userIds")).as("e")).select("e.value"))
      .returning("user_id"),
  );

  // Ids are never empty: before the first of them comes the empty text.
  const listMembers = fixedQuery((value: HoleOf<{ tenant: string; id: string; after: string; limit: number }>) =>
    db
      .selectFrom("muster_group_members")
      .select("user_id")
      .where("tenant", "=", value("tenant"))
      .where("group_id", "=", value("id"))
      .where("user_id", ">", value("after"))
      .orderBy("user_id")
      .limit(value("limit")),
  );

  const selected = (tenant: string, { parentId, memberId, status }: GroupFilter) => {
    let query = db.selectFrom("muster_groups as g").where("g.tenant", "=", tenant);
    if (parentId === null) query = query.where("g.parent_id", "is", null);
    else if (parentId !== undefined) query = query.where("g.parent_id", "=", parentId);
    if (status !== undefined) query = query.where("g.status", "=", status);
    if (memberId === undefined) return query;
    return query.where("g.id", "in", (eb) =>
      eb
        .selectFrom("muster_group_members as m")
        .select("m.group_id")
        .where("m.tenant", "=", tenant)
        .where("m.user_id", "=", memberId),
    );
  };

  return (executor) => {
    const countOf = (all: Ones, atMost: number | undefined) => {
      const rows = atMost === undefined ? all : all.limit(atMost);
      const count = db.selectFrom(rows.as("found")).select((eb) => eb.fn.countAll().as("count"));
      return Effect.map(executor.first(compiled(count)), (row) => Number(row?.count ?? 0));
    };
    const membersOf = (tenant: string, id: string) =>
      db
        .selectFrom("muster_group_members as m")
        .select((eb) => eb.lit(1).as("one"))
        .where("m.tenant", "=", tenant)
        .where("m.group_id", "=", id);

    return {
      ...writes(executor),
      find: (tenant, id) =>
        Effect.map(executor.first(find({ tenant, id })), (row) => Option.map(Option.fromUndefinedOr(row), groupOf)),
      listAncestors: (tenant, id) =>
        Effect.map(executor.all(listAncestors({ tenant, id })), (rows) => rows.map(groupOf)),
      list: (tenant, { after, limit, ...filter }) => {
        // The groups of a member are few: they are looked up, not met on a walk along all names.
        const key = (eb: ExpressionBuilder<Tables & { g: GroupsTable }, "g">) =>
          filter.memberId === undefined ? eb.ref("g.name_key") : dialect.unindexed(eb.ref("g.name_key"));
        let query = selected(tenant, filter)
          .select(groupColumns.map((column) => `g.${column}` as const))
          .orderBy(key)
          .orderBy("g.id")
          .limit(limit);
        if (after !== undefined) {
          query =
            filter.memberId === undefined
              ? query.where((eb) => eb(eb.refTuple("g.name_key", "g.id"), ">", eb.tuple(after.key, after.id)))
              : query.where((eb) =>
                  eb.or([
                    eb(key(eb), ">", after.key),
                    eb.and([eb(key(eb), "=", after.key), eb("g.id", ">", after.id)]),
                  ]),
                );
        }
        return Effect.map(executor.all(compiled(query)), (rows) => rows.map(groupOf));
      },
      count: (tenant, filter, atMost) =>
        countOf(
          selected(tenant, filter).select((eb) => eb.lit(1).as("one")),
          atMost,
        ),
      addMembers: (tenant, id, userIds, at) => {
        const members = { tenant, id, userIds: JSON.stringify([...new Set(userIds)]), at: at.getTime() };
        return Effect.map(
          executor.atomically((tx) => tx.all(addMembers(members))),
          idsIn,
        );
      },
      removeMembers: (tenant, id, userIds) =>
        Effect.map(
          executor.atomically((tx) => tx.all(removeMembers({ tenant, id, userIds: JSON.stringify(userIds) }))),
          idsIn,
        ),
      listMembers: (tenant, id, { afterUserId = "", limit }) =>
        Effect.map(executor.all(listMembers({ tenant, id, after: afterUserId, limit })), idsIn),
      countMembers: (tenant, id, atMost) => countOf(membersOf(tenant, id), atMost),
    };
  };
};

/** A query of as many rows as there are to count. */
interface Ones extends AliasableExpression<{ one: 1 }> {
  readonly limit: (atMost: number) => AliasableExpression<{ one: 1 }>;
}

const idsIn = (rows: readonly { readonly user_id: string }[]): readonly string[] => rows.map((row) => row.user_id);
