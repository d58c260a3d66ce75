import { jsonContains } from "../kernel/json.ts";
import { compareCodePoints } from "../kernel/text.ts";
import type { ExactField, RangeField, TextField, UserCondition, UserPosition } from "../user/user-condition.ts";
import type { UserSortField } from "../user/user-filter.ts";
import type { UserRow } from "./memory-user-row.ts";

/** Whether a user meets a condition. This is what a condition means; every other store agrees with it row for row. */
export const meets = (row: UserRow, condition: UserCondition): boolean => {
  switch (condition.kind) {
    case "all":
      return condition.of.every((part) => meets(row, part));
    case "any":
      return condition.of.some((part) => meets(row, part));
    case "not":
      return !meets(row, condition.of);
    case "absent":
      return row.user[condition.field] === null;
    case "oneOf":
      return holds(textOf(row, condition.field), (text) => condition.values.includes(text));
    case "contains":
      return holds(textOf(row, condition.field), (text) => text.includes(condition.text));
    case "prefix":
      return holds(textOf(row, condition.field), (text) => text.startsWith(condition.text));
    case "equals":
      return holds(numberOf(row, condition.field), (number) => number === condition.value);
    case "after":
      return holds(numberOf(row, condition.field), (number) => number > condition.value);
    case "before":
      return holds(numberOf(row, condition.field), (number) => number < condition.value);
    case "tags": {
      const isThere = (tag: string): boolean => row.user.tags.includes(tag);
      if (condition.match === "all") return condition.tags.every(isThere);
      return condition.tags.some(isThere) === (condition.match === "any");
    }
    case "json":
      return jsonContains(row.user[condition.field], condition.part);
    case "search":
      return condition.fields.some((field) => holds(row.folded[field], (text) => text.includes(condition.text)));
  }
};

/** Where a user stands in a list sorted by a field: absent texts as `""`, absent instants as 0. */
export const positionOf = (row: UserRow, sortBy: UserSortField): UserPosition => ({
  key: isFolded(sortBy) ? (row.folded[sortBy] ?? "") : (row.user[sortBy]?.getTime() ?? 0),
  id: row.user.id,
});

/** Orders positions of one list ascending: by key, then by id, texts by code point. */
export const comparePositions = (left: UserPosition, right: UserPosition): number =>
  compareKeys(left.key, right.key) || compareCodePoints(left.id, right.id);

const compareKeys = (left: string | number, right: string | number): number =>
  typeof left === "number" || typeof right === "number" ? Number(left) - Number(right) : compareCodePoints(left, right);

/** Two-valued logic: a condition on an absent value is false. */
const holds = <Value>(value: Value | null, test: (value: Value) => boolean): boolean => value !== null && test(value);

const isFolded = (field: string): field is keyof UserRow["folded"] =>
  ["username", "email", "firstName", "lastName", "displayName"].includes(field);

const textOf = (row: UserRow, field: ExactField | TextField): string | null =>
  isFolded(field) ? row.folded[field] : row.user[field];

const numberOf = (row: UserRow, field: RangeField): number | null => {
  const value = row.user[field];
  return value instanceof Date ? value.getTime() : value;
};
