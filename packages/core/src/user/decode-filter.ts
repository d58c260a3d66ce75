import * as Effect from "effect/Effect";
import { Forbidden, type InputIssue, InvalidInput } from "../errors.ts";
import { characters, invalid, isPlainObject } from "../kernel/input.ts";
import { parseInstant } from "../kernel/instant.ts";
import { readJsonObject } from "../kernel/json-object.ts";
import { comparable, isStorable } from "../kernel/text.ts";
import type {
  ExactField,
  FoldedField,
  JsonField,
  NullableField,
  PlainTextField,
  RangeField,
  SearchField,
  UserCondition,
} from "./user-condition.ts";
import { everyone } from "./user-condition.ts";

/** Bounds that keep one query's work bounded, whoever wrote it. */
const limits = { depth: 10, conditions: 100, values: 100, characters: 256, jsonCharacters: 4_096 };

const exact: readonly string[] = ["id", "ownerId", "updatedBy", "status", "role"] satisfies ExactField[];
const folded: readonly string[] = ["username", "email", "firstName", "lastName", "displayName"] satisfies FoldedField[];
const plain: readonly string[] = ["phoneNumber", "locale", "pictureUrl"] satisfies PlainTextField[];
const instants: readonly string[] = [
  "createdAt",
  "updatedAt",
  "deletedAt",
  "emailVerifiedAt",
  "firstLoginAt",
  "lastLoginAt",
] satisfies RangeField[];
const numbers: readonly string[] = ["version", "loginCount"] satisfies RangeField[];
const json: readonly string[] = ["metadata", "privateMetadata"] satisfies JsonField[];
const neverAbsent: readonly string[] = ["id", "status", "role", "createdAt", "version", "loginCount"];
const oneOf: Readonly<Record<string, readonly string[]>> = {
  status: ["pending", "enabled", "disabled", "deleted"],
  role: ["user", "admin"],
};

/**
 * Turns a `UserFilter` from outside into what stores understand.
 *
 * `visible` are the fields the caller may read: a condition on any other fails with Forbidden (what may not be read may
 * not be asked for either), and `search` looks into those among them only. Everything that breaks a rule is reported as
 * InvalidInput with its path under `filter`.
 */
export const decodeFilter = (
  filter: unknown,
  visible: ReadonlySet<string>,
): Effect.Effect<UserCondition, InvalidInput | Forbidden> => {
  if (filter === undefined) return Effect.succeed(everyone);
  const reading = new Reading(visible);
  let condition: UserCondition;
  try {
    condition = reading.filter(filter, "filter", 1);
  } catch {
    return Effect.fail(invalid("filter", "unreadable", "cannot be read"));
  }
  if (reading.issues.length > 0) return Effect.fail(new InvalidInput({ issues: reading.issues }));
  if (reading.hidden !== undefined) return Effect.fail(new Forbidden({ operation: `users.filter.${reading.hidden}` }));
  return Effect.succeed(condition);
};

type Condition = UserCondition;
type Bag = Readonly<Record<string, unknown>>;

/** One pass over a filter: collects issues instead of stopping at the first. */
class Reading {
  readonly issues: InputIssue[] = [];
  hidden: string | undefined;
  private conditions = 0;
  private readonly visible: ReadonlySet<string>;

  constructor(visible: ReadonlySet<string>) {
    this.visible = visible;
  }

  filter(value: unknown, at: string, depth: number): Condition {
    if (depth > limits.depth) return this.refuse(at, "max_depth", `must nest at most ${limits.depth} levels`);
    const bag = this.bag(value, at);
    if (bag === undefined) return everyone;
    return all(Object.keys(bag).map((key) => this.key(key, bag[key], `${at}.${key}`, depth)));
  }

  private key(key: string, value: unknown, at: string, depth: number): Condition {
    if (++this.conditions > limits.conditions) {
      return this.refuse("filter", "max_conditions", `must have at most ${limits.conditions} conditions`);
    }
    switch (key) {
      case "and":
        return all(this.list(value, at).map((item, index) => this.filter(item, `${at}.${index}`, depth + 1)));
      case "or":
        return {
          kind: "any",
          of: this.list(value, at).map((item, index) => this.filter(item, `${at}.${index}`, depth + 1)),
        };
      case "not":
        return { kind: "not", of: this.filter(value, at, depth + 1) };
      case "search":
        return this.search(value, at);
      default:
        return this.field(key, value, at);
    }
  }

  private field(field: string, value: unknown, at: string): Condition {
    const read = this.readerOf(field);
    if (read === undefined) return this.refuse(at, "unknown_field", "is not a field that can be filtered by");
    if (!this.visible.has(field)) this.hidden ??= field;
    if (value === null) {
      if (neverAbsent.includes(field) || field === "tags" || json.includes(field)) {
        return this.refuse(at, "never_absent", "is never absent, so null finds nothing");
      }
      return { kind: "absent", field: field as NullableField };
    }
    return read(value, at);
  }

  private readerOf(field: string): ((value: unknown, at: string) => Condition) | undefined {
    if (exact.includes(field)) return (value, at) => this.exact(field as ExactField, value, at);
    if (folded.includes(field)) return (value, at) => this.text(field as FoldedField, value, at, comparable);
    if (plain.includes(field)) return (value, at) => this.text(field as PlainTextField, value, at, (typed) => typed);
    if (instants.includes(field)) return (value, at) => this.range(field as RangeField, value, at, instant);
    if (numbers.includes(field)) return (value, at) => this.range(field as RangeField, value, at, wholeNumber);
    if (json.includes(field)) return (value, at) => this.json(field as JsonField, value, at);
    return field === "tags" ? (value, at) => this.tags(value, at) : undefined;
  }

  private exact(field: ExactField, value: unknown, at: string): Condition {
    const readOne = (typed: unknown, where: string): string => {
      const known = oneOf[field];
      const given = this.string(typed, where);
      if (known !== undefined && given !== "" && !known.includes(given)) {
        this.refuse(where, "one_of", `must be one of ${known.join(", ")}`);
      }
      return given;
    };
    if (typeof value === "string") return { kind: "oneOf", field, values: [readOne(value, at)] };
    return this.operators(value, at, {
      equals: (operand, where) => ({ kind: "oneOf", field, values: [readOne(operand, where)] }),
      oneOf: (operand, where) => ({
        kind: "oneOf",
        field,
        values: this.list(operand, where).map((item, index) => readOne(item, `${where}.${index}`)),
      }),
    });
  }

  private text(
    field: FoldedField | PlainTextField,
    value: unknown,
    at: string,
    form: (typed: string) => string,
  ): Condition {
    const read = (typed: unknown, where: string): string => form(this.string(typed, where));
    if (typeof value === "string") return { kind: "oneOf", field, values: [read(value, at)] };
    return this.operators(value, at, {
      equals: (operand, where) => ({ kind: "oneOf", field, values: [read(operand, where)] }),
      oneOf: (operand, where) => ({
        kind: "oneOf",
        field,
        values: this.list(operand, where).map((item, index) => read(item, `${where}.${index}`)),
      }),
      contains: (operand, where) => ({ kind: "contains", field, text: read(operand, where) }),
      prefix: (operand, where) => ({ kind: "prefix", field, text: read(operand, where) }),
    });
  }

  private range(field: RangeField, value: unknown, at: string, form: RangeForm): Condition {
    const read = (typed: unknown, where: string): number => {
      const number = form.read(typed);
      if (number !== undefined) return number;
      this.refuse(where, form.rule, form.message);
      return 0;
    };
    if (typeof value !== "object" || value instanceof Date) return { kind: "equals", field, value: read(value, at) };
    return this.operators(value, at, {
      equals: (operand, where) => ({ kind: "equals", field, value: read(operand, where) }),
      after: (operand, where) => ({ kind: "after", field, value: read(operand, where) }),
      before: (operand, where) => ({ kind: "before", field, value: read(operand, where) }),
    });
  }

  private tags(value: unknown, at: string): Condition {
    const match =
      (how: "any" | "all" | "none") =>
      (operand: unknown, where: string): Condition => ({
        kind: "tags",
        match: how,
        tags: [...new Set(this.list(operand, where).map((item, index) => this.string(item, `${where}.${index}`)))],
      });
    return this.operators(value, at, { any: match("any"), all: match("all"), none: match("none") });
  }

  private json(field: JsonField, value: unknown, at: string): Condition {
    const part = readJsonObject(value);
    if (typeof part === "string") return this.refuse(at, part, "must be a JSON object of at most 32 levels");
    if (JSON.stringify(part).length > limits.jsonCharacters) {
      return this.refuse(at, "max_length", `must have at most ${limits.jsonCharacters} characters as JSON`);
    }
    return { kind: "json", field, part };
  }

  private search(value: unknown, at: string): Condition {
    const fields = folded.filter((field) => this.visible.has(field)) as SearchField[];
    return { kind: "search", fields, text: comparable(this.string(value, at)) };
  }

  private operators(
    value: unknown,
    at: string,
    known: Readonly<Record<string, (operand: unknown, where: string) => Condition>>,
  ): Condition {
    const bag = this.bag(value, at);
    if (bag === undefined) return everyone;
    const keys = Object.keys(bag);
    // An empty condition would find everybody, which nobody means.
    if (keys.length === 0) return this.refuse(at, "required", `must have one of ${Object.keys(known).join(", ")}`);
    return all(
      keys.map((key) => {
        const read = Object.hasOwn(known, key) ? known[key] : undefined;
        const where = `${at}.${key}`;
        if (read === undefined)
          return this.refuse(where, "unknown_operator", `must be one of ${Object.keys(known).join(", ")}`);
        return read(bag[key], where);
      }),
    );
  }

  private string(value: unknown, at: string): string {
    if (typeof value === "string" && value !== "" && isStorable(value) && characters(value) <= limits.characters)
      return value;
    this.refuse(at, "text", `must be 1 to ${limits.characters} characters of well-formed text without U+0000`);
    return "";
  }

  private list(value: unknown, at: string): readonly unknown[] {
    if (Array.isArray(value) && value.length >= 1 && value.length <= limits.values) return value;
    this.refuse(at, "list", `must be a list of 1 to ${limits.values} values`);
    return [];
  }

  private bag(value: unknown, at: string): Bag | undefined {
    if (isPlainObject(value)) return value;
    this.refuse(at, "type", "must be an object");
    return undefined;
  }

  private refuse(field: string, rule: string, message: string): Condition {
    if (this.issues.length < limits.conditions) this.issues.push({ field, rule, message });
    return everyone;
  }
}

const all = (of: readonly Condition[]): Condition =>
  of.length === 1 && of[0] !== undefined ? of[0] : { kind: "all", of };

interface RangeForm {
  readonly rule: string;
  readonly message: string;
  readonly read: (value: unknown) => number | undefined;
}

const instant: RangeForm = {
  rule: "instant",
  message: "must be a Date or an RFC 3339 timestamp like 2026-01-31T12:00:00Z",
  read: (value) => {
    const at = typeof value === "string" ? parseInstant(value) : value instanceof Date ? value : undefined;
    return at === undefined || Number.isNaN(at.getTime()) ? undefined : at.getTime();
  },
};

const wholeNumber: RangeForm = {
  rule: "whole_number",
  message: "must be a whole number",
  read: (value) => (Number.isSafeInteger(value) ? (value as number) : undefined),
};
