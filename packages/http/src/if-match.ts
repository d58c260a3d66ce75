import type { IfVersion } from "@muster/core";
import { type HttpRequest, header } from "./message.ts";
import { HttpProblem } from "./problem.ts";

/** The entity tag of a version: strong (RFC 9110 §8.8.3), since equal versions are equal users. */
export const entityTag = (version: number): string => `"${version}"`;

/**
 * The version a request expects in `If-Match` (RFC 9110 §13.1.1): one of our entity tags, or `*` for any.
 *
 * A weak tag, a list or anything we cannot have handed out is refused as `malformed_request`: a client that means to
 * guard a change and misspells the guard must hear of it.
 */
export const ifMatch = (request: HttpRequest): IfVersion => {
  const value = header(request.headers, "if-match")?.trim();
  if (value === undefined || value === "*") return {};
  const version = /^"([1-9]\d{0,14})"$/.exec(value)?.[1];
  if (version === undefined)
    throw new HttpProblem("malformed_request", 'If-Match takes one entity tag as in ETag, e.g. "3", or *.');
  return { version: Number(version) };
};
