import { type InputIssue, type JsonObject, parseInstant } from "@muster/core";
import type { JsonSchema } from "./json-schema.ts";

/** A parameter of a query: how it is described, and how its texts become a value. */
export interface Parameter<Value> {
  readonly description: string;
  readonly schema: JsonSchema;
  /** `json`: the text is JSON. `list`: values with commas between. `text`: as it is. */
  readonly form: "text" | "list" | "json";
  /** Whether the name may be given several times. */
  readonly repeatable: boolean;
  /** Adds to `issues` what is wrong; the answer then does not matter. */
  readonly decode: (texts: readonly [string, ...string[]], name: string, issues: InputIssue[]) => Value | undefined;
}

/** Parameters by name. */
export interface Parameters {
  readonly [name: string]: Parameter<unknown>;
}

/** What a query that declares `P` decodes to: only the parameters that were given. */
export type Decoded<P extends Parameters> = {
  readonly [Name in keyof P]?: P[Name] extends Parameter<infer Value> ? Value : never;
};

/** Any text; the core says what is allowed. */
export const text = (description: string): Parameter<string> => ({
  description,
  schema: { type: "string" },
  form: "text",
  repeatable: false,
  decode: ([value]) => value,
});

/** A text that may be given several times. */
export const texts = (description: string): Parameter<readonly string[]> => ({
  description,
  schema: { type: "array", items: { type: "string" } },
  form: "text",
  repeatable: true,
  decode: (values) => values,
});

/** A whole number in plain decimal digits: no sign, no leading zero, no exponent. */
export const integer = (description: string, minimum: number, maximum: number): Parameter<number> => ({
  description,
  schema: { type: "integer", minimum, maximum },
  form: "text",
  repeatable: false,
  decode: ([value], field, issues) => {
    const number = /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : Number.NaN;
    if (number >= minimum && number <= maximum) return number;
    issues.push({
      field,
      rule: "range",
      message: `must be a whole number from ${minimum} to ${maximum} in plain digits`,
    });
    return undefined;
  },
});

/** One of a closed list of words. */
export const word = <const Word extends string>(description: string, words: readonly Word[]): Parameter<Word> => ({
  description,
  schema: { type: "string", enum: words },
  form: "text",
  repeatable: false,
  decode: ([value], field, issues) => oneOf(words, value, field, issues),
});

/** Words of a closed list, with commas between. */
export const words = <const Word extends string>(
  description: string,
  all: readonly Word[],
): Parameter<readonly Word[]> => ({
  description,
  schema: { type: "array", items: { type: "string", enum: all } },
  form: "list",
  repeatable: false,
  decode: ([value], field, issues) =>
    value.split(",").flatMap((item) => {
      const known = oneOf(all, item, field, issues);
      return known === undefined ? [] : [known];
    }),
});

/** Texts with commas between, none empty. */
export const list = (description: string): Parameter<readonly string[]> => ({
  description,
  schema: { type: "array", items: { type: "string" } },
  form: "list",
  repeatable: false,
  decode: ([value], field, issues) => {
    const items = value.split(",");
    if (items.includes("")) issues.push({ field, rule: "required", message: "must have one comma between two values" });
    return items;
  },
});

/** An instant (RFC 3339). */
export const instant = (description: string): Parameter<Date> => ({
  description,
  schema: { type: "string", format: "date-time" },
  form: "text",
  repeatable: false,
  decode: ([value], field, issues) => {
    const date = parseInstant(value);
    if (date === undefined)
      issues.push({ field, rule: "instant", message: "must be an RFC 3339 timestamp like 2026-01-31T12:00:00Z" });
    return date;
  },
});

/** JSON objects, the parameter given as often as there are. */
export const jsonObjects = (description: string, schema: JsonSchema): Parameter<readonly JsonObject[]> => ({
  description,
  schema,
  form: "json",
  repeatable: true,
  decode: (values, field, issues) => values.flatMap((value) => jsonObject(value, field, issues)),
});

const oneOf = <Word extends string>(
  words: readonly Word[],
  value: string,
  field: string,
  issues: InputIssue[],
): Word | undefined => {
  const known = words.find((candidate) => candidate === value);
  if (known === undefined) issues.push({ field, rule: "one_of", message: `must be one of ${words.join(", ")}` });
  return known;
};

const jsonObject = (value: string, field: string, issues: InputIssue[]): readonly JsonObject[] => {
  try {
    const parsed: unknown = JSON.parse(value);
    // JSON.parse makes nothing but JSON; what kind is checked here.
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return [parsed as JsonObject];
  } catch {
    // Said below: a text that is no JSON is no JSON object either.
  }
  issues.push({ field, rule: "type", message: "must be a JSON object" });
  return [];
};
