import { isMusterError } from "@muster/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { instant, integer, jsonObjects, list, text, texts, word, words } from "../src/parameter.ts";
import { HttpProblem } from "../src/problem.ts";
import { decodeQuery, parseQuery } from "../src/query.ts";

const parameters = {
  limit: integer("", 1, 100),
  name: text(""),
  tag: texts(""),
  tags: list(""),
  sort: word("", ["a", "-a"]),
  status: words("", ["x", "y"]),
  at: instant(""),
  filter: jsonObjects("", {}),
};

const rules = (query: string): readonly string[] => {
  try {
    decodeQuery(parameters, query);
    return [];
  } catch (error) {
    if (isMusterError(error) && error._tag === "InvalidInput")
      return error.issues.map(({ field, rule }) => `${field} ${rule}`);
    if (error instanceof HttpProblem) return [error.code];
    throw error;
  }
};

test("each parameter decodes to its value, and only those given are there", () => {
  expect(
    decodeQuery(
      parameters,
      'limit=7&name=a+b%2B&tag=x&tag=y,z&tags=p,q&sort=-a&status=y,x&at=2026-01-31T12:00:00.5Z&filter={"a":1}&filter={}',
    ),
  ).toEqual({
    limit: 7,
    name: "a b+",
    tag: ["x", "y,z"],
    tags: ["p", "q"],
    sort: "-a",
    status: ["y", "x"],
    at: new Date("2026-01-31T12:00:00.500Z"),
    filter: [{ a: 1 }, {}],
  });
  expect(decodeQuery(parameters, "")).toEqual({});
});

test("every parameter that breaks a rule is reported at once", () => {
  expect(rules("limit=0&sort=b&status=x,,z&tags=a,,b&at=yesterday&filter=[1]&filter={&page=1&__proto__=1")).toEqual([
    "limit range",
    "sort one_of",
    "status one_of",
    "status one_of",
    "tags required",
    "at instant",
    "filter type",
    "filter type",
    "page unknown_key",
    "__proto__ unknown_key",
  ]);
});

test("what takes one value is refused twice", () => {
  expect(rules("limit=5&limit=5000")).toEqual(["limit repeated"]);
  expect(rules("name=a&n%61me=b")).toEqual(["name repeated"]);
});

test.each(["%", "%zz", "name=%E0%A4%A", "name=%ff"])("%j is not a query", (query) => {
  expect(rules(query)).toEqual(["malformed_request"]);
});

test("any names and values survive the way there and back", () => {
  const pair = fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));
  fc.assert(
    fc.property(fc.array(pair), (pairs) => {
      const written = pairs
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join("&");
      expect(parseQuery(written)).toEqual(pairs);
    }),
  );
});

test("a whole number is taken exactly when it is written as JavaScript writes it and is in range", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.integer({ min: -5, max: 200 }).map(String), fc.double().map(String)),
      (written) => {
        const number = Number(written);
        const plain = Number.isInteger(number) && String(number) === written && number >= 1 && number <= 100;
        expect(rules(`limit=${encodeURIComponent(written)}`)).toEqual(plain ? [] : ["limit range"]);
      },
    ),
  );
});
