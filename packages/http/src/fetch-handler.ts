import type { Muster } from "@muster/core";
import { handle } from "./handle.ts";
import type { HttpRequest } from "./message.ts";
import { type MusterRoutesOptions, musterRoutes } from "./muster-routes.ts";
import { checkUnreadBody, refuseBeyond } from "./request-body.ts";

/** What a host decides about the Fetch handler. */
export interface FetchHandlerOptions extends MusterRoutesOptions {
  /** The path all routes stand under, e.g. `/api`; the root unless given. */
  readonly basePath?: string;
  /** The tenant a request is for; undefined for the one without a name. */
  readonly tenant?: (request: Request) => string | undefined;
  /** The client's IP address, which a Fetch request does not tell. */
  readonly clientAddress?: (request: Request) => string | undefined;
}

/**
 * Makes a handler for servers that speak the Fetch API (WHATWG Fetch). It answers every request, with a 404 problem
 * outside `basePath`, and never rejects.
 */
export const fetchHandler = (
  muster: Muster,
  options: FetchHandlerOptions = {},
): ((request: Request) => Promise<Response>) => {
  const table = musterRoutes(options);
  return async (request) => {
    const { status, headers, body } = await handle(muster, table, requestOf(request, options));
    return new Response(body === null ? null : typeof body === "string" ? body : new Uint8Array(body), {
      status,
      headers: { ...headers },
    });
  };
};

const requestOf = (request: Request, options: FetchHandlerOptions): HttpRequest => {
  const basePath = (options.basePath ?? "").replace(/\/+$/, "");
  const { pathname, search } = new URL(request.url);
  const below = pathname.startsWith(`${basePath}/`);
  return {
    method: request.method,
    basePath,
    path: below ? pathname.slice(basePath.length) : "",
    query: search.slice(1),
    headers: Object.fromEntries(request.headers),
    body: (limitBytes) => readBody(request, limitBytes),
    tenant: () => options.tenant?.(request),
    clientAddress: () => options.clientAddress?.(request),
  };
};

const readBody = async (request: Request, limitBytes: number): Promise<Uint8Array | undefined> => {
  if (request.body === null) return undefined;
  checkUnreadBody({ headers: Object.fromEntries(request.headers) }, limitBytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    refuseBeyond(length, limitBytes);
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
};
