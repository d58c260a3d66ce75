import type { Json, JsonObject } from "@muster/core/ports";
import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";

/**
 * Containment spelled out as nested conditions over `json_each`, since a function written in JavaScript would be
 * missing on the connection of a host's own transaction. Numbers compare through JSON on both sides: one text becomes one
 * number, whichever way SQLite rounds it.
 */
export const jsonContains = (document: Expression<string>, part: JsonObject): Expression<SqlBool> =>
  objectContains(document, part, 0);

const objectContains = (document: Expression<unknown>, part: JsonObject, depth: number): RawBuilder<SqlBool> => {
  const each = sql.ref(`j${depth}`);
  const tests = Object.entries(part).map(
    ([key, value]) =>
      sql<SqlBool>`exists (select 1 from json_each(${document}) as ${each} where ${each}.key = ${key} and ${matches(depth, value)})`,
  );
  return allOf(tests);
};

const listContains = (document: Expression<unknown>, part: readonly Json[], depth: number): RawBuilder<SqlBool> => {
  const each = sql.ref(`j${depth}`);
  return allOf(
    part.map(
      (item) => sql<SqlBool>`exists (select 1 from json_each(${document}) as ${each} where ${matches(depth, item)})`,
    ),
  );
};

/** Whether the row of `json_each` at this depth contains a value. */
const matches = (depth: number, part: Json): RawBuilder<SqlBool> => {
  const type = sql.ref(`j${depth}.type`);
  const value = sql.ref(`j${depth}.value`);
  if (part === null) return sql`${type} = 'null'`;
  if (typeof part === "boolean") return part ? sql`${type} = 'true'` : sql`${type} = 'false'`;
  if (typeof part === "string") return sql`(${type} = 'text' and ${value} = ${part})`;
  if (typeof part === "number") {
    return sql`(${type} in ('integer', 'real') and ${value} = json_extract(${JSON.stringify(part)}, '$'))`;
  }
  if (isList(part)) return sql`(${type} = 'array' and ${listContains(value, part, depth + 1)})`;
  return sql`(${type} = 'object' and ${objectContains(value, part, depth + 1)})`;
};

const allOf = (tests: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> =>
  tests.length === 0 ? sql`true` : sql`(${sql.join(tests, sql` and `)})`;

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
