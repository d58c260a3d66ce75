import { type InputIssue, InvalidInput, type JsonObject } from "@muster/core";
import type { JsonSchema } from "./json-schema.ts";

/** What a route takes as its body. */
export interface BodyShape<Body> {
  /** Described here; what the values may be is checked by the core. */
  readonly schema: JsonSchema;
  readonly accept: (value: JsonObject) => Body;
}

/** A body handed to the core whole, which refuses what it does not know. */
export const whole = <Body>(schema: JsonSchema): BodyShape<Body> => ({ schema, accept: unchecked<Body> });

/** A body of exactly these keys, whose values the core checks one by one. */
export const exactly = <Body>(properties: { readonly [Key in keyof Body & string]: JsonSchema }): BodyShape<Body> => {
  const keys = Object.keys(properties);
  return {
    schema: { type: "object", properties, required: keys, additionalProperties: false },
    accept: (value) => {
      const missing = keys.filter((key) => !Object.hasOwn(value, key));
      const unknown = Object.keys(value).filter((key) => !keys.includes(key));
      const issues: InputIssue[] = [
        ...missing.map((field) => ({ field, rule: "required", message: "is required" })),
        ...unknown.map((key) => ({ field: key.slice(0, 64), rule: "unknown_key", message: "is not a known key" })),
      ];
      if (issues.length > 0) throw new InvalidInput({ issues });
      return unchecked<Body>(value);
    },
  };
};

/** The one place where JSON from outside takes a type it was not checked for: each operation of the core checks it. */
const unchecked = <Body>(value: JsonObject): Body => value as Body;
