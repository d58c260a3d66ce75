import { errorFacts, type MusterError } from "@muster/core";
import type { JsonSchema } from "./json-schema.ts";
import type { Parameter } from "./parameter.ts";
import { type HttpProblemCode, httpProblems } from "./problem-kinds.ts";
import type { Route } from "./route.ts";
import { idSchema, reference } from "./schema/reference.ts";

/** One route as an operation of the document (OpenAPI 3.1 §4.8.10). */
export const operationOf = (route: Route): JsonSchema => ({
  operationId: route.operationId,
  summary: route.summary,
  ...(route.description !== undefined && { description: route.description }),
  tags: [route.tag],
  security: route.access === "public" ? [] : [{ bearer: [] }, ...(route.access === "optional" ? [{}] : [])],
  parameters: [
    ...pathNames(route).map(pathParameter),
    ...Object.entries(route.query).map(([name, parameter]) => queryParameter(name, parameter)),
    ...(route.guarded === true ? [ifMatchParameter] : []),
  ],
  ...(route.body !== undefined && {
    requestBody: { required: true, content: { "application/json": { schema: route.body.schema } } },
  }),
  responses: {
    [route.success.status]: successOf(route),
    ...(route.cached === true && { 304: { description: "What the client has is still right." } }),
    ...problemsOf(route),
  },
});

const pathNames = (route: Route): readonly string[] =>
  [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

const pathParameter = (name: string): JsonSchema => ({
  name,
  in: "path",
  required: true,
  description: "An id; of a user also `me`, the caller.",
  schema: idSchema,
});

const queryParameter = (name: string, { description, schema, form, repeatable }: Parameter<unknown>): JsonSchema => ({
  name,
  in: "query",
  description,
  ...(form === "json"
    ? { content: { "application/json": { schema } } }
    : { schema, style: "form", explode: repeatable }),
});

const ifMatchParameter: JsonSchema = {
  name: "If-Match",
  in: "header",
  description: "The ETag of the user the change is meant for; `*` or absent for any.",
  schema: { type: "string", pattern: '^(?:\\*|"[1-9]\\d{0,14}")$' },
};

const successOf = ({ success }: Route): JsonSchema => ({
  description: success.description,
  ...(success.headers !== undefined && {
    headers: Object.fromEntries(
      Object.entries(success.headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
    ),
  }),
  ...(success.schema !== undefined && { content: { "application/json": { schema: success.schema } } }),
});

/** Every problem a route can answer, grouped by status: those it names, and those that follow from what it is. */
const problemsOf = (route: Route): JsonSchema => {
  const errors = new Set<MusterError["_tag"]>(["InvalidInput", "StoreUnavailable", "Closed", ...(route.fails ?? [])]);
  const problems = new Set<HttpProblemCode>(["malformed_request", "internal_error", ...(route.problems ?? [])]);
  if (route.access !== "public")
    for (const tag of ["Unauthenticated", "InvalidToken", "Forbidden", "ActionRequired"] as const) errors.add(tag);
  if (route.method !== "GET") errors.add("ChangeRefused");
  if (route.guarded === true) errors.add("VersionMismatch");
  if (route.body !== undefined)
    for (const code of ["malformed_json", "body_too_large", "unsupported_media_type"] as const) problems.add(code);
  const codes = new Map<number, string[]>();
  const add = (status: number, code: string): void => {
    codes.set(status, [...(codes.get(status) ?? []), code]);
  };
  for (const tag of errors) add(errorFacts[tag].status, errorFacts[tag].code);
  for (const code of problems) add(httpProblems[code].status, code);
  return Object.fromEntries(
    [...codes].sort(([a], [b]) => a - b).map(([status, all]) => [status, problemOf(status, all)]),
  );
};

const problemOf = (status: number, codes: readonly string[]): JsonSchema => ({
  description: codes.join(", "),
  ...(status === 401 && { headers: { "WWW-Authenticate": { schema: { type: "string" } } } }),
  ...((status === 503 || status === 429) && {
    headers: { "Retry-After": { schema: { type: "string", pattern: "^\\d+$" } } },
  }),
  content: {
    "application/problem+json": {
      schema: {
        allOf: [
          reference("Problem"),
          { type: "object", properties: { status: { const: status }, code: { enum: codes } } },
        ],
      },
    },
  },
});
