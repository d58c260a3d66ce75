import { compareCodePoints } from "@muster/core/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfPrefix } from "../../src/user/prefix-range.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}") });

describe("the end of a prefix", () => {
  it("divides the texts after the prefix into those that start with it and those that do not", () => {
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const end = endOfPrefix(prefix);
        const isInRange =
          compareCodePoints(other, prefix) >= 0 && (end === undefined || compareCodePoints(other, end) < 0);
        expect(isInRange).toBe(other.startsWith(prefix));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is a text that may be stored", () => {
    fc.assert(fc.property(text, (prefix) => endOfPrefix(prefix)?.isWellFormed() ?? true));
  });
});
