import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { musterRoutes, type OpenApiDocument, openApiDocument, routeTable } from "../src/index.ts";
import { wireSchemas } from "../src/schema/index.ts";

const documentOf = (registration: boolean, basePath: string): OpenApiDocument =>
  openApiDocument(musterRoutes({ registration }).routes, basePath);

describe("the document", () => {
  test.each([
    [false, ""],
    [true, "/api"],
    [false, "/deep/down"],
  ])("is valid OpenAPI 3.1, with registration %s and mounted at %j", async (registration, basePath) => {
    const document = documentOf(registration, basePath);
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as object as Record<string, unknown>,
    );
    expect([valid, errors]).toEqual([true, undefined]);
    expect(document.openapi).toBe("3.1.1");
    expect(document.servers).toEqual([{ url: basePath || "/" }]);
  });

  test("refers to nothing that is missing, and every schema of it is used", () => {
    const used = [...JSON.stringify(documentOf(false, "")).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(wireSchemas).sort());
  });

  test("names every operation once", () => {
    const ids = Object.values(documentOf(false, "").paths).flatMap((path) =>
      Object.values(path).map((operation) => operation.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(musterRoutes().routes.length);
  });

  test("lets a user be created without a token only when registration is on", () => {
    const security = (registration: boolean) => documentOf(registration, "").paths["/users"]?.post?.security;
    expect(security(false)).toEqual([{ bearer: [] }]);
    expect(security(true)).toEqual([{ bearer: [] }, {}]);
  });
});

test("a table with the same method and path twice is refused", () => {
  const { routes } = musterRoutes();
  expect(() => routeTable([...routes, ...routes.slice(0, 1)])).toThrow("POST /users stands twice");
});
