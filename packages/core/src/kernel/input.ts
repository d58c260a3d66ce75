import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as SchemaAST from "effect/SchemaAST";
import * as SchemaIssue from "effect/SchemaIssue";
import { type InputIssue, InvalidInput } from "../errors.ts";
import { isStorable } from "./text.ts";

/** A check whose failure names its rule: `rule("max_length", "must have at most 5 characters", (text) => …)`. */
export const rule = <T>(name: string, message: string, holds: (value: T) => boolean): SchemaAST.Filter<T> =>
  Schema.makeFilter((value: T) => holds(value) || brokenRule(name, message));

/** Cannot occur in a rule's name. */
const separator = ": ";

/** The message of a schema issue that stands for a broken rule. */
export const brokenRule = (name: string, message: string): string => `${name}${separator}${message}`;

/**
 * Makes a decoder of what comes from outside: every broken rule is reported, unknown keys are refused, and no message
 * holds the refused value. `field` is put before the path of each issue.
 *
 * Only properties of an object itself count, not those it inherits: a prototype polluted elsewhere in the process gives
 * nobody a role. What throws while it is read (a getter, a proxy) is refused.
 */
export const decoder = <T>(
  schema: Schema.Codec<T, unknown>,
): ((input: unknown, field?: string) => Effect.Effect<T, InvalidInput>) => {
  const decode = Schema.decodeUnknownEffect(schema, { errors: "all", onExcessProperty: "error" });
  return (input, field = "") =>
    Effect.suspend(() => decode(ownProperties(input))).pipe(
      Effect.mapError((error) => new InvalidInput({ issues: issuesOf(error.issue, field) })),
      Effect.catchDefect(() => Effect.fail(invalid(field, "unreadable", "cannot be read"))),
    );
};

const ownProperties = (input: unknown): unknown =>
  typeof input === "object" && input !== null && !Array.isArray(input)
    ? Object.assign(Object.create(null), input)
    : input;

/** An error of one issue. */
export const invalid = (field: string, ruleName: string, message: string): InvalidInput =>
  new InvalidInput({ issues: [{ field, rule: ruleName, message }] });

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "MissingKey":
        return brokenRule("required", "is required");
      case "UnexpectedKey":
        return brokenRule("unknown_key", "is not a known key");
      default:
        return SchemaIssue.defaultLeafHook(issue);
    }
  },
});

const issuesOf = (issue: SchemaIssue.Issue, field: string): readonly InputIssue[] =>
  format(issue).issues.map(({ message, path = [] }) => {
    const steps = path.map((step) => String(typeof step === "object" ? step.key : step));
    return { field: [field, ...steps].filter((step) => step !== "").join("."), ...ruleIn(message) };
  });

/** Our own messages carry their rule; those of the schemas say which type is expected. */
const ruleIn = (message: string): Pick<InputIssue, "rule" | "message"> => {
  if (message.startsWith(expected)) {
    return { rule: "type", message: `must be ${message.slice(expected.length).replaceAll(" | ", " or ")}` };
  }
  const at = message.indexOf(separator);
  return { rule: message.slice(0, at), message: message.slice(at + separator.length) };
};

const expected = "Expected ";

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

/** Whether a value is an object literal or like one, also of another realm; no array, Date, Map or class instance. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
