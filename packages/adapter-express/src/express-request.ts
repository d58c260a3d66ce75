import { type HttpBody, HttpProblem, type HttpRequest } from "@muster/http";
import type { Request } from "express";
import { readRawBody } from "./raw-body.ts";

/** A request of Express as the route table takes it. Proxy headers count only as far as the app's `trust proxy` says. */
export const toHttpRequest = (
  request: Request,
  tenant: ((request: Request) => string | undefined) | undefined,
): HttpRequest => {
  const query = request.url.indexOf("?");
  return {
    method: request.method,
    basePath: request.baseUrl,
    path: request.path,
    query: query < 0 ? "" : request.url.slice(query + 1),
    headers: request.headers,
    body: (limitBytes) => readBody(request, limitBytes),
    tenant: () => tenant?.(request),
    clientAddress: () => request.ip,
  };
};

/** What a parser of the host left on the request, or the bytes themselves. */
const readBody = async (request: Request, limitBytes: number): Promise<HttpBody> => {
  const body: unknown = request.body;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body !== undefined) return { parsed: body };
  if (!request.readableDidRead) return readRawBody(request, limitBytes);
  if (request.readableAborted) throw new HttpProblem("malformed_request", "The body ended early.");
  throw new Error("The body was read before Muster's router saw it, and nothing of it was left in req.body.");
};
