import { expect, test } from "vitest";
import type { HttpRequest } from "../src/message.ts";
import { pageLinks } from "../src/page-link.ts";

const request = (query: string): HttpRequest => ({
  method: "GET",
  basePath: "/api",
  path: "/users",
  query,
  headers: { host: "evil.test", "x-forwarded-host": "evil.test" },
  body: async () => undefined,
});

test("a page links to its neighbours with the same query and their cursor", () => {
  const page = { nextCursor: "n/1", previousCursor: "p" };
  expect(pageLinks(request("limit=2&cursor=old&offset=4&tag=a%26b&filter=%7B%22a%22%3A%22%3E%22%7D"), page)).toEqual({
    Link:
      '</api/users?limit=2&tag=a%26b&filter=%7B%22a%22%3A%22%3E%22%7D&cursor=n%2F1>; rel="next", ' +
      '</api/users?limit=2&tag=a%26b&filter=%7B%22a%22%3A%22%3E%22%7D&cursor=p>; rel="prev"',
  });
});

test("a page without neighbours has no links", () => {
  expect(pageLinks(request(""), { nextCursor: null, previousCursor: null })).toEqual({});
});
