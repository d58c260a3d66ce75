import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Json, type JsonObject, jsonContains } from "../../src/kernel/json.ts";

const key = fc.constantFrom("a", "b", "", "a.b", "__proto__", "constructor");
const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, false, 0, 1, 1.5, -1e21, "", "a", "A", "1", "é", "\u{1F600}"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries): JsonObject => Object.fromEntries(entries)),
  ),
}));

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is JsonObject => typeof value === "object" && value !== null && !isArray(value);

/** Something contained in a value: some of the keys, some of the elements in any order and number, at every level. */
const partOf = (whole: Json): fc.Arbitrary<Json> => {
  if (isArray(whole)) {
    if (whole.length === 0) return fc.constant([]);
    return fc.array(fc.constantFrom(...whole).chain(partOf), { maxLength: 4 });
  }
  if (isObject(whole)) {
    const entries = Object.entries(whole).map(([name, value]) => fc.tuple(fc.constant(name), partOf(value)));
    return fc
      .tuple(fc.tuple(...entries), fc.array(fc.boolean(), { minLength: entries.length, maxLength: entries.length }))
      .map(([parts, kept]) => Object.fromEntries(parts.filter((_, index) => kept[index])));
  }
  return fc.constant(whole);
};

describe("JSON containment", () => {
  it.each<[string, Json, Json, boolean]>([
    ["a key with its value", { a: 1, b: 2 }, { a: 1 }, true],
    ["a key with another value", { a: 1 }, { a: 2 }, false],
    ["a key that is not there", { a: 1 }, { b: 1 }, false],
    ["an empty object in an object", { a: 1 }, {}, true],
    ["an empty object in an array", [1], {}, false],
    ["an empty array in an object", { a: 1 }, [], false],
    ["an empty object in a scalar", { a: 1 }, { a: {} }, false],
    ["an empty array in an empty array", [], [], true],
    ["elements in another order, more than once", [1, 2, 3], [3, 1, 3], true],
    ["an element that is not there", [1, 2], [3], false],
    ["an array within an array", [[1, 2]], [[2]], true],
    ["two keys of one element that two elements have", [{ a: 1 }, { b: 2 }], [{ a: 1, b: 2 }], false],
    ["two parts of one element", [{ a: 1, b: 2 }], [{ a: 1 }, { b: 2 }], true],
    ["a bare scalar in an array", ["a"], "a", false],
    ["a scalar for an array of it", { a: "x" }, { a: ["x"] }, false],
    ["a number for its text", { a: 1 }, { a: "1" }, false],
    ["true for one", { a: 1 }, { a: true }, false],
    ["null for nothing", {}, { a: null }, false],
    ["null for null", { a: null }, { a: null }, true],
    ["false for null", { a: null }, { a: false }, false],
    ["minus zero for zero", { a: 0 }, { a: -0 }, true],
    ["a text in other case", { a: "x" }, { a: "X" }, false],
    ["a text composed otherwise", { a: "\u00E9" }, { a: "e\u0301" }, false],
    ["a key that every object inherits", {}, { constructor: {} }, false],
    ["`__proto__` where it is not a key", {}, JSON.parse('{"__proto__":{}}') as Json, false],
    [
      "`__proto__` where it is a key",
      JSON.parse('{"__proto__":{"a":1}}') as Json,
      JSON.parse('{"__proto__":{}}') as Json,
      true,
    ],
    [
      "another value under `__proto__`",
      JSON.parse('{"__proto__":1}') as Json,
      JSON.parse('{"__proto__":2}') as Json,
      false,
    ],
  ])("%s", (_, whole, part, isContained) => {
    expect(jsonContains(whole, part)).toBe(isContained);
  });

  it("holds for every part taken out of a whole", () => {
    const pair = anyJson.chain((whole) => fc.tuple(fc.constant(whole), partOf(whole)));
    fc.assert(
      fc.property(pair, ([whole, part]) => jsonContains(whole, part)),
      { numRuns: 2000 },
    );
  });

  it("passes from part to part", () => {
    const chain = anyJson.chain((whole) =>
      partOf(whole).chain((middle) => fc.tuple(fc.constant(whole), fc.constant(middle), partOf(middle))),
    );
    fc.assert(fc.property(chain, ([whole, middle, part]) => jsonContains(middle, part) && jsonContains(whole, part)));
  });

  it("ends where a part has something that the whole has not", () => {
    const fresh = "not in any generated value";
    const strange = (part: Json): Json => {
      if (isArray(part)) return [...part, fresh];
      return isObject(part) ? { ...part, [fresh]: null } : fresh;
    };
    fc.assert(fc.property(anyJson, (whole) => !jsonContains(whole, strange(whole))));
  });

  it("both ways between objects without arrays means they are equal", () => {
    const withoutArrays = (value: Json): boolean =>
      !isArray(value) && (!isObject(value) || Object.values(value).every(withoutArrays));
    fc.assert(
      fc.property(anyJson.filter(withoutArrays), anyJson.filter(withoutArrays), (left, right) => {
        if (jsonContains(left, right) && jsonContains(right, left)) expect(left).toEqual(right);
      }),
    );
  });

  it("of a deep and wide value takes no long time", () => {
    const wide: Json = Array.from({ length: 1000 }, (_, number) => ({ number, list: [number, number + 1] }));
    const start = performance.now();
    expect(jsonContains({ wide }, { wide: [{ number: 999, list: [1000] }] })).toBe(true);
    expect(jsonContains({ wide }, { wide: [{ number: -1 }] })).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
