import type { OpenApiDocument } from "../openapi.ts";
import { type Route, route } from "../route.ts";
import { closed, jsonObjectSchema, reference } from "../schema/reference.ts";

const publicKeys = route({
  method: "GET",
  path: "/.well-known/jwks.json",
  operationId: "getPublicKeys",
  summary: "Get the keys that check access tokens (RFC 7517)",
  tag: "Service",
  access: "public",
  success: { status: 200, description: "The key set.", schema: reference("JsonWebKeySet") },
  run: ({ muster }) => ({ json: muster.publicKeys(), headers: { "Cache-Control": "public, max-age=300" } }),
});

const health = route({
  method: "GET",
  path: "/health",
  operationId: "getHealth",
  summary: "Ask whether the store answers",
  tag: "Service",
  access: "public",
  success: { status: 200, description: "It does.", schema: closed({ status: { type: "string", const: "ok" } }) },
  run: async ({ muster }) => {
    await muster.checkHealth();
    return { json: { status: "ok" } };
  },
});

const openApi = (document: (basePath: string) => OpenApiDocument): Route =>
  route({
    method: "GET",
    path: "/openapi.json",
    operationId: "getOpenApi",
    summary: "Get this document",
    tag: "Service",
    access: "public",
    success: { status: 200, description: "An OpenAPI 3.1 document.", schema: jsonObjectSchema },
    run: ({ request }) => ({ json: document(request.basePath), headers: { "Cache-Control": "no-cache" } }),
  });

/** Keys, health and the document. */
export const serviceRoutes = (document: (basePath: string) => OpenApiDocument): readonly Route[] => [
  publicKeys,
  health,
  openApi(document),
];
