export { authenticate } from "./bearer.ts";
export { type BodyShape, exactly, whole } from "./body-shape.ts";
export { type FetchHandlerOptions, fetchHandler } from "./fetch-handler.ts";
export { handle } from "./handle.ts";
export type { JsonSchema } from "./json-schema.ts";
export { type HttpBody, type HttpHeaders, type HttpRequest, type HttpResponse, header } from "./message.ts";
export { type MusterRoutesOptions, musterRoutes } from "./muster-routes.ts";
export { type OpenApiDocument, openApiDocument } from "./openapi.ts";
export type { Decoded, Parameter, Parameters } from "./parameter.ts";
export { HttpProblem, isUnexpected, type Problem, problemResponse } from "./problem.ts";
export type { HttpProblemCode } from "./problem-kinds.ts";
export { checkUnreadBody, refuseBeyond } from "./request-body.ts";
export {
  type Access,
  type Call,
  type Method,
  type Reply,
  type Route,
  type RouteDefinition,
  type RouteFacts,
  route,
  type Success,
  type TypedCall,
} from "./route.ts";
export { type RouteTable, routeTable, type TableOptions } from "./route-table.ts";
export type { PathMatch, RouteMatch } from "./route-tree.ts";
