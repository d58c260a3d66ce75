import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type CursorContext, type CursorPosition, decodeCursor, encodeCursor } from "../../src/kernel/cursor.ts";

const key = createSecretKey(Buffer.alloc(32, 1));
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", '"', "\\", "\u0000", "é") }),
);

const contexts: fc.Arbitrary<CursorContext> = fc.record({
  tenant: anyText,
  list: anyText,
  filter: anyText,
  sort: anyText,
});
const positions: fc.Arbitrary<CursorPosition> = fc.record({
  key: fc.oneof(anyText, fc.maxSafeInteger()),
  id: anyText,
  direction: fc.constantFrom("forward", "backward"),
});

it("reads back the position it wrote, in the same text each time", () => {
  fc.assert(
    fc.property(contexts, positions, (context, position) => {
      const text = encodeCursor(key, context, position);
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(encodeCursor(key, context, position)).toBe(text);
      expect(decodeCursor(key, context, text)).toEqual(position);
    }),
    { numRuns: 1_000 },
  );
});

it("reads a cursor in no other context", () => {
  fc.assert(
    fc.property(contexts, contexts, positions, (made, used, position) => {
      fc.pre(JSON.stringify(made) !== JSON.stringify(used));
      expect(decodeCursor(key, used, encodeCursor(key, made, position))).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

it.each(["tenant", "list", "filter", "sort"])("reads a cursor under no other %s", (part) => {
  fc.assert(
    fc.property(contexts, anyText, positions, (context, other, position) => {
      fc.pre(context[part as keyof CursorContext] !== other);
      expect(decodeCursor(key, { ...context, [part]: other }, encodeCursor(key, context, position))).toBeUndefined();
    }),
  );
});

it("tells contexts apart whose parts run together to the same text", () => {
  const position = { key: 1, id: "id", direction: "forward" } as const;
  const text = encodeCursor(key, { tenant: "ab", list: "c", filter: "", sort: "" }, position);
  expect(decodeCursor(key, { tenant: "a", list: "bc", filter: "", sort: "" }, text)).toBeUndefined();
  expect(decodeCursor(key, { tenant: "ab", list: "", filter: "c", sort: "" }, text)).toBeUndefined();
});

it("refuses a cursor of another installation", () => {
  fc.assert(
    fc.property(contexts, positions, (context, position) => {
      const otherKey = createSecretKey(Buffer.alloc(32, 2));
      expect(decodeCursor(otherKey, context, encodeCursor(key, context, position))).toBeUndefined();
    }),
  );
});

it("refuses a cursor with any one character changed, added or removed", () => {
  const characters = fc.constantFrom(
    ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\u0000é",
  );
  fc.assert(
    fc.property(contexts, positions, fc.nat(), characters, (context, position, place, character) => {
      const text = encodeCursor(key, context, position);
      const index = place % text.length;
      const [before, at, after] = [text.slice(0, index), text.charAt(index), text.slice(index + 1)];
      const mutants = [before + character + after, before + character + at + after, before + after, text + character];
      for (const mutant of mutants) {
        if (mutant !== text) expect(decodeCursor(key, context, mutant)).toBeUndefined();
      }
    }),
    { numRuns: 2_000 },
  );
});

it("refuses what never was a cursor, whatever its size", () => {
  const context = { tenant: "default", list: "users", filter: "{}", sort: "createdAt" };
  for (const text of ["", "A", "AA", "A".repeat(21), "A".repeat(22), "A".repeat(24), "A".repeat(2 ** 20)]) {
    expect(decodeCursor(key, context, text)).toBeUndefined();
  }
});

it("carries the longest sort key there is", () => {
  const context = { tenant: "default", list: "users", filter: "{}", sort: "firstName" };
  const position = { key: "\ufdfa".repeat(254).normalize("NFKC"), id: "i".repeat(128), direction: "forward" } as const;
  expect(decodeCursor(key, context, encodeCursor(key, context, position))).toEqual(position);
  const beyond = encodeCursor(key, context, { ...position, key: "k".repeat(32_768) });
  expect(decodeCursor(key, context, beyond)).toBeUndefined();
});

it("refuses to write a sort key that is no number", () => {
  const context = { tenant: "default", list: "users", filter: "{}", sort: "createdAt" };
  for (const broken of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(() => encodeCursor(key, context, { key: broken, id: "", direction: "forward" })).toThrow(RangeError);
  }
});
