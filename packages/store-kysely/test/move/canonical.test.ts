import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, canonicalText } from "../../src/move/canonical.ts";

describe("a row in canonical form", () => {
  it("is the same whichever database it was read from", () => {
    const columns = [
      { name: "id", kind: "text" },
      { name: "at", kind: "integer" },
      { name: "on", kind: "boolean" },
      { name: "tags", kind: "json" },
      { name: "hash", kind: "bytes" },
      { name: "none", kind: "bytes" },
    ] as const;
    const lite = {
      id: "a",
      at: 1n,
      on: 1,
      tags: '{"b":[1,"é"],"a":null}',
      hash: Buffer.from("ff0a", "hex"),
      none: null,
    };
    const server = { id: "a", at: "1", on: true, tags: '{"a": null, "b": [1, "é"]}', hash: "FF0A" };
    expect(canonicalText(columns, lite)).toBe(canonicalText(columns, server));
    expect(canonicalText(columns, lite)).toBe(
      '{"id":"a","at":1,"on":1,"tags":"{\\"a\\":null,\\"b\\":[1,\\"é\\"]}","hash":"ff0a","none":null}',
    );
  });

  it("holds no number that JavaScript would round", () => {
    const columns = [{ name: "at", kind: "integer" }] as const;
    expect(() => canonicalText(columns, { at: 2n ** 53n })).toThrow("beyond 2^53");
  });

  it("keeps every JSON value, whatever the order of its members and the spaces between them", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(JSON.stringify(value, undefined, 1));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(text)).toBe(text);
        expect(canonicalJson(JSON.stringify(reversed(value)))).toBe(text);
      }),
    );
  });
});

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).reverse();
  // By fromEntries also "__proto__" becomes a member.
  return Object.fromEntries(members.map(([name, member]) => [name, reversed(member)]));
};
