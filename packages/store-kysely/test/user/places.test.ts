import { compareCodePoints } from "@muster/core/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOf } from "../../src/user/places.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "\uffff", "\u{10000}"), maxLength: 3 });
const rowsOf = (key: fc.Arbitrary<string | number | bigint>) =>
  fc
    .array(fc.record({ place_key: key, id: text }), { maxLength: 30 })
    .map((places) => places.map((place, seq) => ({ ...place, seq })));

describe("a page of rows in no order", () => {
  it.each([
    ["texts", rowsOf(text)],
    ["simple texts", rowsOf(fc.constantFrom("", "a", "ab", "b"))],
    ["numbers", rowsOf(fc.integer({ min: -3, max: 3 }))],
    ["big integers", rowsOf(fc.bigInt({ min: -3n, max: 3n }))],
  ])("is what sorting all of them by key and id would give (%s)", (_, rows) => {
    fc.assert(
      fc.property(rows, fc.boolean(), fc.nat(10), fc.nat(10), (all, descending, offset, limit) => {
        const keyed = (left: string | number | bigint, right: string | number | bigint): number =>
          typeof left === "string" && typeof right === "string"
            ? compareCodePoints(left, right)
            : Number(left) - Number(right);
        const sorted = all.toSorted(
          (left, right) => keyed(left.place_key, right.place_key) || compareCodePoints(left.id, right.id),
        );
        const wanted = (descending ? sorted.toReversed() : sorted).slice(offset, offset + limit);
        const placesOf = (some: typeof all) => some.map((row) => [row.place_key, row.id]);
        expect(placesOf([...pageOf(all, descending, offset, limit)])).toEqual(placesOf(wanted));
      }),
    );
  });
});
