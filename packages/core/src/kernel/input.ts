import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as SchemaAST from "effect/SchemaAST";
import * as SchemaIssue from "effect/SchemaIssue";
import { type InputIssue, InvalidInput } from "../errors.ts";
import type { JsonObject } from "./json.ts";
import { isStorable } from "./text.ts";

/** A check whose failure names its rule: `rule("max_length", "must have at most 5 characters", (text) => …)`. */
export const rule = <T>(name: string, message: string, holds: (value: T) => boolean): SchemaAST.Filter<T> =>
  Schema.makeFilter((value: T) => holds(value) || `${name}${separator}${message}`);

/** Cannot occur in a rule's name. */
const separator = ": ";

/**
 * Makes a decoder of what comes from outside: every broken rule is reported, unknown keys are refused, and no message
 * holds the refused value. `field` is put before the path of each issue.
 */
export const decoder = <T>(
  schema: Schema.Codec<T, unknown>,
): ((input: unknown, field?: string) => Effect.Effect<T, InvalidInput>) => {
  const decode = Schema.decodeUnknownEffect(schema, { errors: "all", onExcessProperty: "error" });
  return (input, field = "") =>
    Effect.mapError(decode(input), (error) => new InvalidInput({ issues: issuesOf(error.issue, field) }));
};

/** An error of one issue. */
export const invalid = (field: string, ruleName: string, message: string): InvalidInput =>
  new InvalidInput({ issues: [{ field, rule: ruleName, message }] });

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "MissingKey":
        return `required${separator}is required`;
      case "UnexpectedKey":
        return `unknown_key${separator}is not a known key`;
      default: {
        const message = SchemaIssue.defaultLeafHook(issue);
        return message.startsWith("Expected ") ? `type${separator}${message.replace("Expected", "must be")}` : message;
      }
    }
  },
});

const issuesOf = (issue: SchemaIssue.Issue, field: string): readonly InputIssue[] =>
  format(issue).issues.map(({ message, path = [] }) => {
    const at = message.indexOf(separator);
    const steps = path.map((step) => String(typeof step === "object" ? step.key : step));
    return {
      field: [field, ...steps].filter((step) => step !== "").join("."),
      rule: at > 0 ? message.slice(0, at) : "invalid",
      message: at > 0 ? message.slice(at + separator.length) : message,
    };
  });

/** Length in Unicode code points, which is how databases count `varchar`. */
export const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/** A text that any store keeps unchanged, of so many characters. */
export const text = (minimum: number, maximum: number): Schema.Codec<string, unknown> =>
  Schema.String.check(
    rule("length", `must have ${minimum} to ${maximum} characters`, (value: string) => {
      const length = characters(value.length > maximum * 2 ? value.slice(0, maximum * 2 + 1) : value);
      return length >= minimum && length <= maximum;
    }),
    rule("malformed_text", "must be well-formed Unicode without U+0000", isStorable),
  ) as Schema.Codec<string, unknown>;

const jsonBytes = 64 * 1024;
const jsonDepth = 32;

/** A JSON object of at most 64 KiB in UTF-8 and 32 levels; decoded into a copy that the caller cannot change. */
export const isJsonObject = (value: unknown): value is JsonObject => isPlainObject(value) && isJson(value, 1);

/** Whether a JSON object keeps the size limit. */
export const isSmallJson = (value: unknown): boolean => Buffer.byteLength(JSON.stringify(value)) <= jsonBytes;

/** A copy without prototype tricks: `__proto__` is an own key in it, if it was one. */
export const copyJson = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const isJson = (value: unknown, depth: number): boolean => {
  if (depth > jsonDepth) return false;
  if (typeof value === "string") return isStorable(value);
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "boolean") return true;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  return isPlainObject(value) && Object.keys(value).every((key) => isStorable(key) && isJson(value[key], depth + 1));
};
