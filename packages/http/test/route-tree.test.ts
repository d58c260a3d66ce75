import { expect, test } from "vitest";
import { type Method, type Route, route } from "../src/route.ts";
import { routeTree } from "../src/route-tree.ts";

const at = (method: Method, path: string): Route =>
  route({
    method,
    path,
    operationId: `${method} ${path}`,
    summary: "",
    access: "public",
    success: { status: 200, description: "" },
    run: () => ({}),
  });

const match = routeTree([
  at("GET", "/users/me"),
  at("PUT", "/users/me/password"),
  at("GET", "/users/{id}"),
  at("DELETE", "/users/{id}"),
  at("PUT", "/users/{id}/email"),
  at("PUT", "/users/{id}/password"),
]);

const found = (method: Method, path: string): readonly unknown[] => {
  const result = match(path)?.find(method);
  return [result?.route.operationId, result?.path];
};

test("a literal segment wins over a parameter", () => {
  expect(found("GET", "/users/me")).toEqual(["GET /users/me", {}]);
  expect(found("PUT", "/users/me/password")).toEqual(["PUT /users/me/password", {}]);
  expect(found("DELETE", "/users/me")).toEqual([undefined, undefined]);
});

test("a literal that leads nowhere leaves the path to the parameter", () => {
  expect(found("PUT", "/users/me/email")).toEqual(["PUT /users/{id}/email", { id: "me" }]);
});

test("values are decoded, literals are not", () => {
  expect(found("GET", "/users/a%20b")).toEqual(["GET /users/{id}", { id: "a b" }]);
  expect(match("/%75sers/me")).toBeUndefined();
  expect(() => match("/users/%E0%A4%A")?.find("GET")).toThrow("percent-encoded");
});

test("an encoded slash stays inside its segment", () => {
  expect(found("GET", "/users/a%2Fb")).toEqual(["GET /users/{id}", { id: "a/b" }]);
});

test("empty segments, other cases and foreign paths are no routes", () => {
  for (const path of ["", "/", "users/me", "/users/", "/users//email", "/Users/me", "/users/me/", "/users/a/b/c"])
    expect([path, match(path)]).toEqual([path, undefined]);
});

test("names of objects' own properties are plain segments", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(match(`/${name}`)).toBeUndefined();
    expect(found("GET", `/users/${name}`)).toEqual(["GET /users/{id}", { id: name }]);
  }
});

test("the methods of a path are told with HEAD where there is GET, and OPTIONS", () => {
  expect(match("/users/x")?.allowed()).toEqual(["DELETE", "GET", "HEAD", "OPTIONS"]);
  expect(match("/users/x/email")?.allowed()).toEqual(["OPTIONS", "PUT"]);
});

test("two names for one parameter are refused", () => {
  expect(() => routeTree([at("GET", "/a/{id}"), at("PUT", "/a/{other}")])).toThrow("call the parameter id");
});
