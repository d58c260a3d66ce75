import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Dialect } from "../dialect.ts";
import { hole } from "../fixed-query.ts";
import type { Named } from "./fields.ts";
import { type Column, slots, type Test } from "./lowered.ts";

const eb = expressionBuilder<Named, "u" | "s">();

/**
 * A test as an expression over the rows `u` and `s`. It names no column bare: which index a list walks is decided by
 * the list, not by what it tests on the way.
 */
export const testSql = (dialect: Dialect, test: Test): Expression<SqlBool> => {
  switch (test.kind) {
    case "and":
      return eb.and(test.of.map((part) => testSql(dialect, part)));
    case "or":
      return eb.or(test.of.map((part) => testSql(dialect, part)));
    case "not":
      return eb.not(testSql(dialect, test.of));
    case "isNull":
      return eb(unindexed(dialect, test.column), "is", null);
    case "isNotNull":
      return eb(unindexed(dialect, test.column), "is not", null);
    case "compare":
      return eb(unindexed(dialect, test.column), test.operator, hole<string | number>(test.value));
    case "in":
      return eb(
        unindexed(dialect, test.column),
        "in",
        eb.selectFrom(dialect.eachText(hole(test.values)).as("e")).select("e.value"),
      );
    case "contains":
      return dialect.contains(unindexed(dialect, test.column) as Expression<string>, hole(test.text));
    case "marked":
      return isMarked(hole(test.mark));
    case "searched":
      if (dialect.search.test === undefined) throw new Error(`${dialect.name} has no test that asks its search index.`);
      return dialect.search.test(hole(test.question));
    case "json":
      return dialect.jsonContains(eb.ref(test.column), test.part);
  }
};

/** Whether a test reads the sign-in facts, which are a join away. */
export const readsSignIns = (test: Test): boolean => {
  if (test.kind === "and" || test.kind === "or") return test.of.some(readsSignIns);
  if (test.kind === "not") return readsSignIns(test.of);
  return "column" in test && test.column.startsWith("s.");
};

const unindexed = (dialect: Dialect, column: Column): Expression<string | number | null> =>
  dialect.unindexed(eb.ref(column));

const isMarked = (mark: string): Expression<SqlBool> =>
  eb.exists(
    eb
      .selectFrom("muster_user_marks as m")
      .select(eb.lit(1).as("one"))
      .where("m.tenant", "=", hole<string>(slots.tenant))
      .where("m.mark", "=", mark)
      .whereRef("m.created_at", "=", "u.created_at")
      .whereRef("m.user_id", "=", "u.id"),
  );
