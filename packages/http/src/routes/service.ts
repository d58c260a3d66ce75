import type { OpenApiDocument } from "../openapi.ts";
import { type Route, route } from "../route.ts";
import { closed, jsonObjectSchema } from "../schema/reference.ts";

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

/** Health and the document. */
export const serviceRoutes = (document: (basePath: string) => OpenApiDocument): readonly Route[] => [
  health,
  openApi(document),
];
