import type { UserCondition } from "@muster/core/ports";
import { expressionBuilder } from "kysely";
import type { Dialect, SeqSource } from "../dialect.ts";
import { isFolded, keyColumns, type Named } from "./fields.ts";
import { ownerMark, partMarks, roleMark, statusMark, tagMark } from "./marks.ts";
import { endOfPrefix } from "./prefix-range.ts";

const eb = expressionBuilder<Named>();

/** An index that holds everybody a condition can find, and perhaps more. */
export interface Narrowing {
  readonly source: SeqSource;
  /** When the index is that of one mark: its users stand there in the order of creation. */
  readonly mark?: string;
  /** The most users it can hold, when that is known beforehand. */
  readonly atMost?: number;
  /** Whether it may hold a user more than once. */
  readonly repeats?: boolean;
}

/** Every index that narrows down a condition: all of those it finds are in each of these. */
export const narrowingsOf = (dialect: Dialect, tenant: string, condition: UserCondition): readonly Narrowing[] => {
  switch (condition.kind) {
    case "all":
      return condition.of.flatMap((part) => narrowingsOf(dialect, tenant, part));
    case "any":
      return union(condition.of.map((part) => narrowingsOf(dialect, tenant, part)[0]));
    case "tags":
      if (condition.match === "none") return [];
      return condition.match === "all"
        ? condition.tags.map((tag) => marked(tenant, tagMark(tag)))
        : union(condition.tags.map((tag) => marked(tenant, tagMark(tag))));
    case "json":
      return partMarks(condition.field, condition.part).marks.map((mark) => marked(tenant, mark));
    case "contains":
      return isFolded(condition.field) ? found(dialect, condition.text) : [];
    case "search":
      return found(dialect, condition.text);
    case "prefix":
      return hasKeyIndex(condition.field) && condition.text !== ""
        ? [startingWith(tenant, condition.field, condition.text)]
        : [];
    case "oneOf":
      return oneOf(dialect, tenant, condition.field, condition.values);
    default:
      return [];
  }
};

const oneOf = (dialect: Dialect, tenant: string, field: string, values: readonly string[]): readonly Narrowing[] => {
  if (field === "id") return [valued(dialect, tenant, "u.id", values)];
  if (hasKeyIndex(field) && !values.includes("")) return [valued(dialect, tenant, keyColumns[field], values)];
  const markOf = { status: statusMark, role: roleMark, ownerId: ownerMark }[field];
  const marks = markOf === undefined ? [undefined] : values.map((value) => markOf(value));
  return union(marks.map((mark) => (mark === undefined ? undefined : marked(tenant, mark))));
};

/** One of several: only if each of them is narrowed down. */
const union = (parts: readonly (Narrowing | undefined)[]): readonly Narrowing[] => {
  const known = parts.filter((part) => part !== undefined);
  const [first, ...others] = known;
  if (first === undefined || known.length < parts.length) return [];
  if (others.length === 0) return [first];
  const source = others.reduce(
    (query, other) => query.unionAll(eb.selectFrom(other.source.as("o")).select("o.user_seq")),
    eb.selectFrom(first.source.as("o")).select("o.user_seq"),
  );
  const atMost = known.reduce((sum, part) => sum + (part.atMost ?? Number.POSITIVE_INFINITY), 0);
  return [{ source, repeats: true, ...(Number.isFinite(atMost) ? { atMost } : {}) }];
};

const marked = (tenant: string, mark: string): Narrowing => ({
  mark,
  source: eb
    .selectFrom("muster_user_marks as m")
    .select("m.user_seq")
    .where("m.tenant", "=", tenant)
    .where("m.mark", "=", mark),
});

const found = (dialect: Dialect, text: string): readonly Narrowing[] => {
  const source = dialect.search.source(text);
  return source === undefined ? [] : [{ source }];
};

const startingWith = (tenant: string, field: IndexedField, prefix: string): Narrowing => {
  const end = endOfPrefix(prefix);
  const from = eb
    .selectFrom("muster_users as u")
    .select("u.seq as user_seq")
    .where("u.tenant", "=", tenant)
    .where(keyColumns[field], ">=", prefix);
  return { source: end === undefined ? from : from.where(keyColumns[field], "<", end) };
};

const valued = (
  dialect: Dialect,
  tenant: string,
  column: "u.id" | (typeof keyColumns)[IndexedField],
  values: readonly string[],
): Narrowing => {
  const distinct = [...new Set(values)];
  const source = eb
    .selectFrom(dialect.each(distinct).as("e"))
    .crossJoin("muster_users as u")
    .select("u.seq as user_seq")
    .where("u.tenant", "=", tenant)
    .whereRef(column, "=", "e.value");
  const isUnique = column === "u.id" || column === "u.username_key" || column === "u.email_key";
  return { source, ...(isUnique ? { atMost: distinct.length } : {}) };
};

type IndexedField = "username" | "email" | "firstName" | "lastName";
const hasKeyIndex = (field: string): field is IndexedField => isFolded(field) && field !== "displayName";
