import type { ExactField, RangeField, TextField, UserCondition } from "@muster/core/ports";
import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Dialect } from "../dialect.ts";
import { exactColumns, isFolded, isNullable, keyColumns, type Named, nullableColumns, rangeColumns } from "./fields.ts";
import { partMarks, tagMark } from "./marks.ts";
import { endOfPrefix } from "./prefix-range.ts";

const eb = expressionBuilder<Named, "u" | "s">();
type Test = Expression<SqlBool>;

/**
 * A condition as an expression over the rows `u` and `s` of one tenant, the exact meaning of it: never null, so that
 * `not` is the opposite. It names no column bare: which index a list walks is decided by the list, not by what it tests.
 */
export const whereOf = (dialect: Dialect, tenant: string, condition: UserCondition): Test => {
  const where = (part: UserCondition): Test => whereOf(dialect, tenant, part);
  switch (condition.kind) {
    case "all":
      return eb.and(condition.of.map(where));
    case "any":
      return eb.or(condition.of.map(where));
    case "not":
      return eb.not(where(condition.of));
    case "absent":
      return eb(dialect.unindexed(eb.ref(nullableColumns[condition.field])), "is", null);
    case "oneOf":
      return present(condition.field, isOneOf(dialect, textOf(dialect, condition.field), condition.values));
    case "contains":
      return present(condition.field, dialect.contains(textOf(dialect, condition.field), condition.text));
    case "prefix":
      return present(condition.field, startsWith(textOf(dialect, condition.field), condition.text));
    case "equals":
      return present(condition.field, eb(numberOf(dialect, condition.field), "=", condition.value));
    case "after":
      return present(condition.field, eb(numberOf(dialect, condition.field), ">", condition.value));
    case "before":
      return present(condition.field, eb(numberOf(dialect, condition.field), "<", condition.value));
    case "tags": {
      const tests = condition.tags.map((tag) => isMarked(tenant, tagMark(tag)));
      if (condition.match === "all") return eb.and(tests);
      return condition.match === "any" ? eb.or(tests) : eb.not(eb.or(tests));
    }
    case "json": {
      const { marks, sufficient } = partMarks(condition.field, condition.part);
      const tests = marks.map((mark) => isMarked(tenant, mark));
      if (sufficient) return eb.and(tests);
      const document = eb.ref(condition.field === "metadata" ? "u.metadata" : "u.private_metadata");
      return eb.and([...tests, dialect.jsonContains(document, condition.part)]);
    }
    case "search":
      return eb.or(
        condition.fields.map((field) =>
          present(field, dialect.contains(textOf(dialect, field), condition.text), condition.text === ""),
        ),
      );
  }
};

/** Two-valued logic: a condition on an absent value is false. A key says so by itself unless the empty text is sought. */
const present = (field: ExactField | TextField | RangeField, test: Test, always = true): Test =>
  isNullable(field) && (always || !isFolded(field)) ? eb.and([eb(nullableColumns[field], "is not", null), test]) : test;

const textOf = (dialect: Dialect, field: ExactField | TextField): Expression<string> =>
  dialect.unindexed(eb.ref(isFolded(field) ? keyColumns[field] : exactColumns[field])) as Expression<string>;

const numberOf = (dialect: Dialect, field: RangeField): Expression<number> =>
  dialect.unindexed(eb.ref(rangeColumns[field])) as Expression<number>;

const isOneOf = (dialect: Dialect, text: Expression<string>, values: readonly string[]): Test => {
  const [only, ...others] = values;
  if (only === undefined) return eb.lit(false);
  if (others.length === 0) return eb(text, "=", only);
  return eb(text, "in", eb.selectFrom(dialect.each(values).as("e")).select("e.value"));
};

const startsWith = (text: Expression<string>, prefix: string): Test => {
  const end = endOfPrefix(prefix);
  const begins = eb(text, ">=", prefix);
  return end === undefined ? begins : eb.and([begins, eb(text, "<", end)]);
};

const isMarked = (tenant: string, mark: string): Test =>
  eb.exists(
    eb
      .selectFrom("muster_user_marks as m")
      .select(eb.lit(1).as("one"))
      .where("m.tenant", "=", tenant)
      .where("m.mark", "=", mark)
      .whereRef("m.created_at", "=", "u.created_at")
      .whereRef("m.user_id", "=", "u.id"),
  );
