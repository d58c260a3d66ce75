/** A JSON value (RFC 8259). */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Keys are any text; `__proto__` is an ordinary key. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Whether `whole` contains `part`, with the meaning of PostgreSQL's `jsonb @>`.
 *
 * An object contains another if each of its keys is there and contains its value; an array contains another if each
 * element of it is contained in some element, order and repetition aside; scalars are equal. An empty object or array
 * is contained in every object or array. Unlike `@>`, an array never contains a bare scalar.
 */
export const jsonContains = (whole: Json, part: Json): boolean => {
  if (isArray(part)) return isArray(whole) && part.every((wanted) => whole.some((item) => jsonContains(item, wanted)));
  if (isObject(part)) {
    if (!isObject(whole)) return false;
    return Object.keys(part).every(
      (key) => Object.hasOwn(whole, key) && jsonContains(whole[key] as Json, part[key] as Json),
    );
  }
  return whole === part;
};

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
