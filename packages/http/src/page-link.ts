import type { HttpRequest } from "./message.ts";
import { parseQuery } from "./query.ts";

/**
 * The `Link` field of a page (RFC 8288 §3): the same list at its next and previous cursor. Targets are paths below the
 * mount, never with a host: no request header can lead a client elsewhere. Undefined when there is no other page.
 */
export const pageLinks = (
  request: HttpRequest,
  page: { readonly nextCursor: string | null; readonly previousCursor: string | null },
): { readonly Link?: string } => {
  const links = [
    ...(page.nextCursor === null ? [] : [`<${target(request, page.nextCursor)}>; rel="next"`]),
    ...(page.previousCursor === null ? [] : [`<${target(request, page.previousCursor)}>; rel="prev"`]),
  ];
  return links.length === 0 ? {} : { Link: links.join(", ") };
};

const target = (request: HttpRequest, cursor: string): string => {
  const kept = parseQuery(request.query).filter(([name]) => name !== "cursor" && name !== "offset");
  const pairs = [...kept, ["cursor", cursor] as const];
  return `${request.basePath}${request.path}?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")}`;
};

/** Also the apostrophe, which encodeURIComponent leaves. */
const encode = (text: string): string => encodeURIComponent(text).replaceAll("'", "%27");
