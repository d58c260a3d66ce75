/** Header fields by lower-case name, the shape Node.js gives them. */
export interface HttpHeaders {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** A body as an adapter hands it over: bytes or text as received, or a value the host's own parser made of them. */
export type HttpBody = Uint8Array | string | { readonly parsed: unknown } | undefined;

/** A request, free of any framework. */
export interface HttpRequest {
  /** Upper-case. */
  readonly method: string;
  /** Where the table is mounted, without a slash at the end; empty at the root. */
  readonly basePath: string;
  /** The path below `basePath`, still percent-encoded, with its leading slash. */
  readonly path: string;
  /** The raw query, without the question mark. */
  readonly query: string;
  readonly headers: HttpHeaders;
  /**
   * Reads the body, at most once and only when a route takes one; undefined when there is none. Throws an
   * {@link HttpProblem} (`body_too_large`) beyond `limitBytes`.
   */
  readonly body: (limitBytes: number) => Promise<HttpBody>;
  /** Chooses the tenant this request is for; the one without a name when absent or undefined. */
  readonly tenant?: (() => string | undefined) | undefined;
  /** Tells the client's IP address, as far as the host trusts what it was told. */
  readonly clientAddress?: (() => string | undefined) | undefined;
}

/** A response, ready to be sent. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** Null: no content. */
  readonly body: string | Uint8Array | null;
}

/** One header field; several lines of it are joined as RFC 9110 §5.2 says. */
export const header = (headers: HttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return value === undefined || typeof value === "string" ? value : value.join(", ");
};
