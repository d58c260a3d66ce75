import type { ExactField, RangeField, TextField, UserCondition } from "@muster/core/ports";
import type { Dialect } from "../dialect.ts";
import {
  exactColumns,
  isFolded,
  isNullable,
  keyColumns,
  nullableColumns,
  rangeColumns,
  type TextColumn,
} from "./fields.ts";
import type { Column, Conjunct, IndexedColumn, Lowered, Narrowing, Operator, Slot, Test } from "./lowered.ts";
import { ownerMark, partMarks, roleMark, statusMark, tagMark } from "./marks.ts";
import { endOfPrefix } from "./prefix-range.ts";

/** @param first values that stand in the first slots. */
export const lower = (dialect: Dialect, condition: UserCondition, first: readonly unknown[]): Lowered => {
  const values = [...first];
  const fullValues = [...first];
  const slot = (value: unknown, full = value): Slot => {
    fullValues.push(full);
    return values.push(value) - 1;
  };
  return { conjuncts: conjunctsOf(condition, { dialect, slot }), values, fullValues };
};

interface Lowering {
  readonly dialect: Dialect;
  /** Puts a value into a slot of its own, and what is to stand there when the search index is asked in full. */
  readonly slot: (value: unknown, full?: unknown) => Slot;
}

const conjunctsOf = (condition: UserCondition, to: Lowering): readonly Conjunct[] => {
  switch (condition.kind) {
    case "all":
      return condition.of.flatMap((part) => conjunctsOf(part, to));
    case "any":
      return [anyOf(condition.of.map((part) => conjunctsOf(part, to)))];
    case "not":
      return [{ test: not(testOf(condition.of, to)) }];
    case "absent":
      return [{ test: { kind: "isNull", column: nullableColumns[condition.field] } }];
    case "oneOf":
      return [oneOf(condition.field, condition.values, to)];
    case "contains": {
      const test = contains(condition.field, condition.text, to);
      return [isFolded(condition.field) ? searched(test, condition.text, to) : { test }];
    }
    case "search": {
      const test: Test = { kind: "or", of: condition.fields.map((field) => contains(field, condition.text, to)) };
      return [searched(test, condition.text, to)];
    }
    case "prefix":
      return [startsWith(condition.field, condition.text, to)];
    case "equals":
      return [{ test: compare(condition.field, "=", condition.value, to) }];
    case "after":
      return [{ test: compare(condition.field, ">", condition.value, to) }];
    case "before":
      return [{ test: compare(condition.field, "<", condition.value, to) }];
    case "tags": {
      const each = condition.tags.map((tag) => marked(tagMark(tag), to));
      if (condition.match === "all") return each;
      const any = anyOf(each.map((one) => [one]));
      return condition.match === "any" ? [any] : [{ test: not(any.test) }];
    }
    case "json": {
      const { marks, sufficient } = partMarks(condition.field, condition.part);
      const each = marks.map((mark) => marked(mark, to));
      if (sufficient) return each;
      const column = condition.field === "metadata" ? "u.metadata" : "u.private_metadata";
      return [...each, { test: { kind: "json", column, part: condition.part } }];
    }
  }
};

const testOf = (condition: UserCondition, to: Lowering): Test => and(conjunctsOf(condition, to));

const and = (conjuncts: readonly Conjunct[]): Test => {
  const [only, ...others] = conjuncts;
  return only !== undefined && others.length === 0 ? only.test : { kind: "and", of: conjuncts.map(({ test }) => test) };
};

const not = (of: Test): Test => ({ kind: "not", of });

/** Everybody is in one of several indexes only if each of the alternatives has one. */
const anyOf = (alternatives: readonly (readonly Conjunct[])[]): Conjunct => {
  const [only, ...others] = alternatives;
  if (only?.length === 1 && only[0] !== undefined && others.length === 0) return only[0];
  const test: Test = { kind: "or", of: alternatives.map(and) };
  const narrowings = alternatives.map(
    (conjuncts) => conjuncts.find(({ narrowing }) => narrowing !== undefined)?.narrowing,
  );
  if (narrowings.length === 0 || !narrowings.every((narrowing) => narrowing !== undefined)) return { test };
  const fits = narrowings.map((narrowing, index) => (alternatives[index]?.length === 1 ? narrowing.fit : "loose"));
  const fit = fits.includes("loose") ? "loose" : fits.includes("close") ? "close" : "exact";
  const atMost = narrowings.reduce((sum, narrowing) => sum + (narrowing.atMost ?? Number.POSITIVE_INFINITY), 0);
  const source = { kind: "union", of: narrowings.map((narrowing) => narrowing.source) } as const;
  return { test, narrowing: { source, fit, ...(Number.isFinite(atMost) ? { atMost } : {}) } };
};

const marked = (mark: string, { slot }: Lowering): Conjunct => {
  const place = slot(mark);
  return { test: { kind: "marked", mark: place }, narrowing: { source: { kind: "mark", mark: place }, fit: "exact" } };
};

const searched = (test: Test, text: string, { dialect, slot }: Lowering): Conjunct => {
  const question = dialect.search.question(text);
  if (question === undefined) return { test };
  const { brief, full } = question;
  const source = { kind: "search", question: slot(brief, full) } as const;
  return { test, narrowing: { source, fit: brief === full ? "close" : "loose" } };
};

const oneOf = (field: ExactField | TextField, values: readonly string[], to: Lowering): Conjunct => {
  const column = textColumn(field);
  const distinct = [...new Set(values)];
  const [only, ...others] = distinct;
  if (only === undefined) return { test: { kind: "or", of: [] } };
  const test = present(
    field,
    others.length === 0
      ? { kind: "compare", column, operator: "=", value: to.slot(only) }
      : { kind: "in", column, values: to.slot(JSON.stringify(distinct)) },
    distinct.includes(""),
  );
  const narrowing = indexOf(field, distinct, to);
  return narrowing === undefined ? { test } : { test, narrowing };
};

const indexOf = (field: string, distinct: readonly string[], to: Lowering): Narrowing | undefined => {
  if (field === "id" || (hasKeyIndex(field) && !distinct.includes(""))) {
    const column = field === "id" ? "u.id" : indexedColumns[field];
    const source = { kind: "values", column, values: to.slot(JSON.stringify(distinct)) } as const;
    const isNearlyUnique = field === "id" || field === "username" || field === "email";
    return { source, fit: "exact", ...(isNearlyUnique ? { atMost: distinct.length } : {}) };
  }
  const markOf = { status: statusMark, role: roleMark, ownerId: ownerMark }[field];
  const marks = markOf === undefined ? [] : distinct.map(markOf);
  if (marks.length === 0 || !marks.every((mark) => mark !== undefined)) return undefined;
  return anyOf(marks.map((mark) => [marked(mark, to)])).narrowing;
};

const contains = (field: TextField, text: string, { slot }: Lowering): Test =>
  present(field, { kind: "contains", column: textColumn(field), text: slot(text) }, text === "");

const startsWith = (field: TextField, prefix: string, { slot }: Lowering): Conjunct => {
  if (prefix === "") return { test: present(field, { kind: "and", of: [] }, true) };
  const column = textColumn(field);
  const end = endOfPrefix(prefix);
  const [from, to] = [slot(prefix), end === undefined ? undefined : slot(end)];
  const begins: Test = { kind: "compare", column, operator: ">=", value: from };
  const ends: readonly Test[] = to === undefined ? [] : [{ kind: "compare", column, operator: "<", value: to }];
  const test = present(field, { kind: "and", of: [begins, ...ends] }, false);
  if (!hasKeyIndex(field)) return { test };
  return { test, narrowing: { source: { kind: "range", column: indexedColumns[field], from, to }, fit: "exact" } };
};

const compare = (field: RangeField, operator: Operator, value: number, { slot }: Lowering): Test =>
  present(field, { kind: "compare", column: rangeColumns[field], operator, value: slot(value) }, false);

/** A condition on an absent value is false. A key column says so by itself unless the empty text is sought. */
const present = (field: ExactField | TextField | RangeField, test: Test, isEmptySought: boolean): Test => {
  if (!isNullable(field) || (isFolded(field) && !isEmptySought)) return test;
  const column: Column = nullableColumns[field];
  return { kind: "and", of: [{ kind: "isNotNull", column }, test] };
};

const textColumn = (field: ExactField | TextField): TextColumn =>
  isFolded(field) ? keyColumns[field] : exactColumns[field];

const indexedColumns: { readonly [Field in "username" | "email" | "firstName" | "lastName"]: IndexedColumn } = {
  username: "u.username_key",
  email: "u.email_key",
  firstName: "u.first_name_key",
  lastName: "u.last_name_key",
};
const hasKeyIndex = (field: string): field is keyof typeof indexedColumns => Object.hasOwn(indexedColumns, field);
