import type { IfVersion, JsonObject, Muster, MusterError, Operations, Principal, User, UserView } from "@muster/core";
import type { BodyShape } from "./body-shape.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { HttpRequest } from "./message.ts";
import type { Decoded, Parameters } from "./parameter.ts";
import type { HttpProblemCode } from "./problem-kinds.ts";
import { decodeQuery } from "./query.ts";

/** The methods a route may answer. HEAD and OPTIONS are answered for it. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Who may call: `public` anybody (a token is not looked at), `bearer` who shows a valid token, `optional` either. */
export type Access = "public" | "bearer" | "optional";

/** What a route knows of a call, whatever its query and body. */
export interface Call {
  readonly request: HttpRequest;
  readonly muster: Muster;
  /** The system on the request's tenant: only to log in and to refresh. */
  readonly system: Operations<User, never>;
  /** Operations under the policy, as the caller; as anonymous without a token. */
  readonly caller: Operations<UserView, never>;
  readonly principal: Principal | undefined;
  /** Values of the path's parameters, decoded and checked. */
  readonly path: { readonly [name: string]: string };
  /** What `If-Match` expects, on routes that look at it. */
  readonly ifVersion: IfVersion;
}

/** The names in braces in a path. */
type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** A call with its decoded path, query and body. */
export interface TypedCall<Path extends string, P extends Parameters, Body> extends Call {
  readonly path: { readonly [Name in PathNames<Path>]: string };
  readonly query: Decoded<P>;
  readonly body: Body;
}

/** What a route answers; the status is the route's. */
export interface Reply {
  readonly headers?: { readonly [name: string]: string };
  /** Sent as JSON; instants in RFC 3339, UTC, with milliseconds. */
  readonly json?: unknown;
  /** Sent as it is, under the `Content-Type` in `headers`. */
  readonly content?: string | Uint8Array;
}

/** What the document says of a successful answer. */
export interface Success {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: JsonSchema;
  /** Name → description of fields that come with it. */
  readonly headers?: { readonly [name: string]: string };
}

/** What every route says of itself: the source of routing, checks and the document. */
export interface RouteFacts {
  readonly method: Method;
  /** Below the mount path; a segment in braces is a parameter, e.g. `/users/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Heading in the document. Routes without one are served but not described. */
  readonly tag?: string;
  readonly access: Access;
  /** Whether `If-Match` is obeyed. */
  readonly guarded?: boolean;
  /** Whether the answer carries an `ETag` that `If-None-Match` is compared with: 304 then. */
  readonly cached?: boolean;
  readonly success: Success;
  /** Errors beyond those that follow from the rest (input, token, policy, version, store). */
  readonly fails?: readonly MusterError["_tag"][];
  readonly problems?: readonly HttpProblemCode[];
}

/** A route as it is written. */
export interface RouteDefinition<Path extends string, P extends Parameters, Body> extends RouteFacts {
  readonly path: Path;
  readonly query?: P;
  readonly body?: BodyShape<Body>;
  readonly run: (call: TypedCall<Path, P, Body>) => Reply | Promise<Reply>;
}

/** A route as it stands in a table. */
export interface Route extends RouteFacts {
  readonly query: Parameters;
  readonly body: BodyShape<unknown> | undefined;
  /** Checks query and body, in this order, and answers. */
  readonly answer: (call: Call, readBody: () => Promise<JsonObject>) => Promise<Reply>;
}

/** Makes a route, its path, query and body typed by what it declares. */
export const route = <const Path extends string, P extends Parameters = Record<never, never>, Body = undefined>(
  definition: RouteDefinition<Path, P, Body>,
): Route => {
  const { query = noParameters as P, body, run, ...facts } = definition;
  return {
    ...facts,
    query,
    body,
    answer: async (call, readBody) => {
      const decoded = decodeQuery(query, call.request.query);
      // Without a declared body `Body` is undefined.
      const accepted = body === undefined ? (undefined as Body) : body.accept(await readBody());
      // The tree that found this route took the values from the names in its path.
      const path = call.path as TypedCall<Path, P, Body>["path"];
      return run({ ...call, path, query: decoded, body: accepted });
    },
  };
};

const noParameters: Parameters = {};
