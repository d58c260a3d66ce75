import type { JsonSchema } from "../json-schema.ts";
import { closed, jsonObjectSchema, reference } from "./reference.ts";

const text: JsonSchema = { type: "string", minLength: 1, maxLength: 256 };
const texts: JsonSchema = { type: "array", items: text, minItems: 1, maxItems: 100 };
const instant: JsonSchema = { type: "string", format: "date-time" };
const number: JsonSchema = { type: "integer" };
const operators = (properties: { readonly [name: string]: JsonSchema }): JsonSchema =>
  closed(properties, Object.keys(properties));
const orOperators = (value: JsonSchema, properties: { readonly [name: string]: JsonSchema }): JsonSchema => ({
  anyOf: [value, operators(properties)],
});
const orAbsent = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: "null" }] });
const fields = (names: readonly string[], schema: JsonSchema): { readonly [name: string]: JsonSchema } =>
  Object.fromEntries(names.map((name) => [name, schema]));

const absentText = ["username", "email", "firstName", "lastName", "displayName", "phoneNumber", "locale", "pictureUrl"];
const absentInstants = ["updatedAt", "deletedAt", "emailVerifiedAt", "firstLoginAt", "lastLoginAt"];
const several = { type: "array", items: reference("UserFilter"), minItems: 1, maxItems: 100 };

/** Schemas of the filter tree. */
export const filterSchemas: { readonly [name: string]: JsonSchema } = {
  UserFilter: {
    ...operators({
      and: several,
      or: several,
      not: reference("UserFilter"),
      ...fields(["id", "status", "role"], reference("ExactCondition")),
      ...fields(["ownerId", "updatedBy"], orAbsent(reference("ExactCondition"))),
      ...fields(absentText, orAbsent(reference("TextCondition"))),
      createdAt: reference("InstantCondition"),
      ...fields(absentInstants, orAbsent(reference("InstantCondition"))),
      ...fields(["version", "loginCount"], reference("NumberCondition")),
      tags: operators({ any: texts, all: texts, none: texts }),
      metadata: { ...jsonObjectSchema, description: "Containment: nested objects, subsets of arrays." },
      privateMetadata: jsonObjectSchema,
      search: { ...text, description: "Found within username, email, first, last or display name." },
    }),
    description:
      "The keys of one object all have to hold. Null: the value is absent. Texts compare without regard to case; %, _, quotes and backslashes mean themselves.",
  },
  ExactCondition: orOperators(text, { equals: text, oneOf: texts }),
  TextCondition: orOperators(text, { equals: text, oneOf: texts, contains: text, prefix: text }),
  InstantCondition: orOperators(instant, { equals: instant, after: instant, before: instant }),
  NumberCondition: orOperators(number, { equals: number, after: number, before: number }),
};
