import { type JsonObject, jsonContains } from "@muster/core/ports";
import { aUser } from "@muster/core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { marksOf, partMarks, tagMark } from "../../src/user/marks.ts";

const key = fc.constantFrom("a", "b", "a.b", "[]", '"', "=", "__proto__");
const scalar = fc.constantFrom(null, true, 0, 1, "1", "true", "", "x");
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(key, tie("json"), { maxKeys: 3 }),
  ),
}));
const object = fc.dictionary(key, json, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;

const hasAll = (metadata: JsonObject, marks: readonly string[]): boolean => {
  const own = marksOf(aUser({ metadata }));
  return marks.every((mark) => own.has(mark));
};

describe("the marks of metadata", () => {
  it("are all there when the part is contained, and tell so when they say they can", () => {
    fc.assert(
      fc.property(object, object, (whole, part) => {
        const { marks, sufficient } = partMarks("metadata", part);
        const isContained = jsonContains(whole, part);
        if (isContained) expect(hasAll(whole, marks)).toBe(true);
        if (sufficient) expect(hasAll(whole, marks)).toBe(isContained);
      }),
      { numRuns: 5_000 },
    );
  });

  it("of a document are found in itself", () => {
    fc.assert(fc.property(object, (whole) => hasAll(whole, partMarks("metadata", whole).marks)));
  });

  it("are sufficient unless an array element has several leaves", () => {
    expect(partMarks("metadata", { a: { b: 1, c: [1, 2, [3]] } }).sufficient).toBe(true);
    expect(partMarks("metadata", { a: [{ b: 1 }, { c: {} }] }).sufficient).toBe(true);
    expect(partMarks("metadata", { a: [{ b: 1, c: 2 }] }).sufficient).toBe(false);
    expect(partMarks("metadata", { a: [[1, 2]] }).sufficient).toBe(false);
  });

  it("tell metadata, private metadata and tags apart", () => {
    const { marks } = partMarks("privateMetadata", { a: 1 });
    expect(hasAll({ a: 1 }, marks)).toBe(false);
    expect(marksOf(aUser({ tags: ["a"] })).has(tagMark("a"))).toBe(true);
  });
});

describe("a mark", () => {
  it("is at most some hundred characters long, and another one for another text", () => {
    const long = "x".repeat(60_000);
    const marks = [tagMark(long), tagMark(`${long}y`), tagMark("x"), ...partMarks("metadata", { [long]: long }).marks];
    expect(new Set(marks).size).toBe(marks.length);
    for (const mark of marks) expect(mark.length).toBeLessThan(100);
  });
});
