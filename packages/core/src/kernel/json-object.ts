import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as SchemaGetter from "effect/SchemaGetter";
import * as SchemaIssue from "effect/SchemaIssue";
import { brokenRule, isPlainObject } from "./input.ts";
import type { Json, JsonObject } from "./json.ts";
import { isStorable } from "./text.ts";

/** As JSON in UTF-8: what one row may weigh. */
const mostBytes = 64 * 1024;
/** Objects and arrays inside one another. */
const mostLevels = 32;

/** Why a value is no JSON object that is kept, as a rule of its own. */
export type JsonFault = "json_object" | "max_bytes";

/**
 * A copy of a JSON object that nobody else can change, or what is wrong with the value.
 *
 * Each property is read once, so what was checked is what is kept, getters and proxies included. `__proto__` is an
 * ordinary key of the copy, minus zero is zero, and work stops at the size limit however often a part is repeated.
 */
export const readJsonObject = (value: unknown): JsonObject | JsonFault => {
  const copying = new Copying();
  try {
    const copy = isPlainObject(value) ? copying.object(value, 1) : undefined;
    if (copy === undefined) return copying.room < 0 ? "max_bytes" : "json_object";
    return Buffer.byteLength(JSON.stringify(copy)) > mostBytes ? "max_bytes" : copy;
  } catch {
    return "json_object";
  }
};

/** A JSON object of at most 64 KiB in UTF-8 and 32 levels; decoded into a copy that the caller cannot change. */
export const jsonObject: Schema.Codec<JsonObject, unknown> = Schema.Unknown.pipe(
  Schema.decodeTo(Schema.Unknown, {
    decode: SchemaGetter.transformEffect((value: unknown) => {
      const read = readJsonObject(value);
      return typeof read === "string"
        ? Effect.fail(new SchemaIssue.InvalidValue({ message: brokenRule(read, messages[read]) }))
        : Effect.succeed(read);
    }),
    encode: SchemaGetter.passthrough<unknown>(),
  }),
) as Schema.Codec<JsonObject, unknown>;

const messages: Readonly<Record<JsonFault, string>> = {
  json_object: `must be a JSON object of at most ${mostLevels} levels`,
  max_bytes: `must have at most ${mostBytes / 1024} KiB as JSON`,
};

/** One walk over a value; undefined for what JSON cannot say, or when there is no room left. */
class Copying {
  /** At least what is left of the bytes: each value takes one or more, each text at least its length. */
  room: number = mostBytes;

  object(value: Readonly<Record<string, unknown>>, level: number): JsonObject | undefined {
    if (level > mostLevels) return undefined;
    const entries: [string, Json][] = [];
    for (const key of Object.keys(value)) {
      if (!this.take(key.length) || !isStorable(key)) return undefined;
      const copy = this.value(value[key], level + 1);
      if (copy === undefined) return undefined;
      entries.push([key, copy]);
    }
    return Object.fromEntries(entries);
  }

  private array(value: readonly unknown[], level: number): Json | undefined {
    if (level > mostLevels) return undefined;
    const items: Json[] = [];
    for (let index = 0; index < value.length; index++) {
      const copy = this.value(value[index], level + 1);
      if (copy === undefined) return undefined;
      items.push(copy);
    }
    return items;
  }

  private value(value: unknown, level: number): Json | undefined {
    if (!this.take(typeof value === "string" ? value.length : 1)) return undefined;
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "string") return isStorable(value) ? value : undefined;
    if (typeof value === "number") return Number.isFinite(value) ? value + 0 : undefined;
    if (Array.isArray(value)) return this.array(value, level);
    return isPlainObject(value) ? this.object(value, level) : undefined;
  }

  private take(bytes: number): boolean {
    this.room -= bytes;
    return this.room >= 0;
  }
}
