import type { JsonSchema } from "./json-schema.ts";
import { operationOf } from "./openapi-operation.ts";
import type { Route } from "./route.ts";
import { wireSchemas } from "./schema/index.ts";

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: JsonSchema } };
  readonly components: JsonSchema;
  readonly tags: readonly { readonly name: string }[];
}

/** Version of the API: it rises with a change that a client can notice. */
const apiVersion = "0.1.0";

/**
 * Describes routes in OpenAPI 3.1, served under `basePath`. Routes without a tag are left out.
 */
export const openApiDocument = (routes: readonly Route[], basePath: string): OpenApiDocument => {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const tags = new Set<string>();
  for (const route of routes) {
    if (route.tag === undefined) continue;
    tags.add(route.tag);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Muster", version: apiVersion },
    servers: [{ url: basePath === "" ? "/" : basePath }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: wireSchemas,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
};
