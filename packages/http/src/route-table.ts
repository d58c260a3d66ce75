import type { HttpRequest, HttpResponse } from "./message.ts";
import { defaultProblemDocs, problemResponse } from "./problem.ts";
import { defaultBodyLimitBytes } from "./request-body.ts";
import type { Route } from "./route.ts";
import { type PathMatch, routeTree } from "./route-tree.ts";

/** What holds for every route of a table. */
export interface TableOptions {
  /** Largest body read, in bytes; 262,144 unless given. Bodies the host parsed itself obey the host's own limit. */
  readonly bodyLimitBytes?: number;
  /** Start of every problem's `type`, e.g. the address of a page about errors; `urn:muster:problems` unless given. */
  readonly problemDocs?: string;
  /** Hears of errors answered as status 500: bugs and settings, which the client is told nothing of. */
  readonly onUnexpectedError?: (error: unknown, request: HttpRequest) => void;
}

/** Routes, ready to be asked. */
export interface RouteTable {
  readonly routes: readonly Route[];
  /** What the table has at a path; undefined when nothing. */
  readonly match: (path: string) => PathMatch | undefined;
  readonly bodyLimitBytes: number;
  readonly problem: (error: unknown) => HttpResponse;
  readonly onUnexpectedError: (error: unknown, request: HttpRequest) => void;
}

/** Makes a table of routes. Throws when two routes have the same method and path, or when the limit is no number of bytes. */
export const routeTable = (routes: readonly Route[], options: TableOptions = {}): RouteTable => {
  const { bodyLimitBytes = defaultBodyLimitBytes, problemDocs = defaultProblemDocs } = options;
  if (!Number.isSafeInteger(bodyLimitBytes) || bodyLimitBytes < 1)
    throw new RangeError("bodyLimitBytes has to be a whole number of bytes, 1 or more.");
  return {
    routes,
    match: routeTree(routes),
    bodyLimitBytes,
    problem: (error) => problemResponse(error, problemDocs),
    onUnexpectedError: options.onUnexpectedError ?? (() => {}),
  };
};
