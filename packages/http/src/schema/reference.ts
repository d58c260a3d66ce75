import type { JsonSchema } from "../json-schema.ts";

/** Refers to a schema of the document by its name. */
export const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** An object of exactly these properties, all of them there unless named in `optional`. */
export const closed = (
  properties: { readonly [name: string]: JsonSchema },
  optional: readonly string[] = [],
): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

/** What a schema allows, or null. */
export const orNull = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema.type, "null"] });

/** An instant in UTC with milliseconds. */
export const instantSchema: JsonSchema = {
  type: "string",
  format: "date-time",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$",
};

/** An id of a user or a session. */
export const idSchema: JsonSchema = { type: "string", pattern: "^[A-Za-z0-9._~:-]{1,128}$" };

/** Any JSON object. */
export const jsonObjectSchema: JsonSchema = { type: "object", additionalProperties: true };
