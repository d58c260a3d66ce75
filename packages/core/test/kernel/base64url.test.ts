import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeBase64Url } from "../../src/kernel/base64url.ts";

it("reads back what was encoded", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64Url(Buffer.from(bytes).toString("base64url"))).toEqual(Buffer.from(bytes));
    }),
  );
});

it("reads at most one spelling of the same bytes", () => {
  const alphabet = [..."ABab01-_+/= \n."];
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 }), (text) => {
      const bytes = decodeBase64Url(text);
      if (bytes !== undefined) expect(bytes.toString("base64url")).toBe(text);
      if (/[^A-Za-z0-9_-]/.test(text) || text.length % 4 === 1) expect(bytes).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

it("refuses spare bits that are not zero", () => {
  expect(["AA", "AB", "AP", "AAA", "AAB", "AAC"].map((text) => decodeBase64Url(text) !== undefined)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
  ]);
});
