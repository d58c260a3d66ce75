import { InvalidInput, type Muster, Unauthenticated } from "@muster/core";
import { authenticate, tenantOf } from "./bearer.ts";
import { ifMatch } from "./if-match.ts";
import { type HttpRequest, type HttpResponse, header } from "./message.ts";
import { HttpProblem, isUnexpected } from "./problem.ts";
import { readJsonObject } from "./request-body.ts";
import type { Call, Method, Reply, Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";
import type { RouteMatch } from "./route-tree.ts";

/**
 * Answers one request by a table of routes. Never rejects: what goes wrong is answered as a problem document.
 *
 * HEAD is answered as GET without its body, OPTIONS with the methods of the path. The order of checks: path, method,
 * token, path parameters, `If-Match`, query, body.
 */
export const handle = async (muster: Muster, table: RouteTable, request: HttpRequest): Promise<HttpResponse> => {
  const response = await respond(muster, table, request);
  return request.method === "HEAD" ? withoutBody(response) : response;
};

const respond = async (muster: Muster, table: RouteTable, request: HttpRequest): Promise<HttpResponse> => {
  try {
    const match = table.match(request.path);
    if (match === undefined) throw new HttpProblem("route_not_found", "There is nothing at this path.");
    if (request.method === "OPTIONS")
      return { status: 204, headers: { Allow: match.allowed().join(", ") }, body: null };
    const found = match.find(methodOf(request));
    if (found === undefined) {
      const allow = match.allowed().join(", ");
      throw new HttpProblem("method_not_allowed", `This path answers ${allow}.`, { Allow: allow });
    }
    const call = await callOf(muster, request, found);
    const reply = await found.route.answer(call, () => readJsonObject(request, table.bodyLimitBytes));
    return responseOf(found.route, reply, request);
  } catch (error) {
    if (isUnexpected(error)) report(table, error, request);
    return table.problem(error);
  }
};

/** Anything but a method of ours finds no route. */
const methodOf = (request: HttpRequest): Method => (request.method === "HEAD" ? "GET" : (request.method as Method));

const callOf = async (muster: Muster, request: HttpRequest, { route, path }: RouteMatch): Promise<Call> => {
  const tenant = request.tenant?.();
  const system = tenantOf(muster, tenant);
  const anonymous = route.access !== "bearer" && header(request.headers, "authorization") === undefined;
  const principal =
    route.access === "public" || anonymous ? undefined : await authenticate(muster, request.headers, tenant);
  return {
    request,
    muster,
    system,
    caller: system.as(principal ?? "anonymous"),
    principal,
    path: checkPath(route, path, principal?.userId),
    ifVersion: route.guarded === true ? ifMatch(request) : {},
  };
};

/** Ids have a closed alphabet: what is outside it is refused before anything is looked up. */
const checkPath = (route: Route, path: RouteMatch["path"], self: string | undefined): RouteMatch["path"] => {
  const id = path.id;
  if (id === undefined) return path;
  if (id === "me" && route.path.startsWith("/users/{id}")) {
    if (self === undefined) throw new Unauthenticated();
    return { ...path, id: self };
  }
  if (/^[A-Za-z0-9._~:-]{1,128}$/.test(id)) return path;
  throw new InvalidInput({
    issues: [{ field: "id", rule: "format", message: "must be 1 to 128 of A-Z a-z 0-9 . _ ~ : -" }],
  });
};

const responseOf = (route: Route, reply: Reply, request: HttpRequest): HttpResponse => {
  const headers: Record<string, string> = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
  if (reply.json !== undefined) headers["Content-Type"] = "application/json; charset=utf-8";
  if (route.cached === true && isKnown(request, reply.headers?.ETag)) {
    return { status: 304, headers: { ...reply.headers }, body: null };
  }
  return {
    status: route.success.status,
    headers: reply.headers === undefined ? headers : { ...headers, ...reply.headers },
    body: reply.json !== undefined ? JSON.stringify(reply.json) : (reply.content ?? null),
  };
};

/** RFC 9110 §13.1.2: compared weakly. */
const isKnown = (request: HttpRequest, tag: string | undefined): boolean => {
  const known = header(request.headers, "if-none-match")
    ?.split(",")
    .map((part) => part.trim().replace(/^W\//, ""));
  return tag !== undefined && known !== undefined && (known.includes(tag) || known.includes("*"));
};

const withoutBody = (response: HttpResponse): HttpResponse => {
  if (response.body === null) return response;
  const length =
    typeof response.body === "string" ? new TextEncoder().encode(response.body).length : response.body.length;
  return { ...response, headers: { ...response.headers, "Content-Length": String(length) }, body: null };
};

const report = (table: RouteTable, error: unknown, request: HttpRequest): void => {
  try {
    table.onUnexpectedError(error, request);
  } catch {
    // A listener that throws must not cost the client its answer.
  }
};
