import { HttpProblem } from "./problem.ts";
import type { Method, Route } from "./route.ts";

/** A route that fits a path, with the values of the path's parameters. */
export interface RouteMatch {
  readonly route: Route;
  readonly path: { readonly [name: string]: string };
}

/** All that a table has at one path. */
export interface PathMatch {
  readonly find: (method: Method) => RouteMatch | undefined;
  /** For `Allow` (RFC 9110 §10.2.1), HEAD and OPTIONS included. */
  readonly allowed: () => readonly string[];
}

interface Branch {
  readonly literals: Map<string, Branch>;
  parameter: { readonly name: string; readonly branch: Branch } | undefined;
  readonly routes: Map<Method, Route>;
}

/**
 * Finds routes by path. Literal segments match byte by byte (case counts, percent-encoded letters differ: no spelling
 * of ours may slip past a guard the host put on a path) and win over parameters. Throws when two routes have the same method and path.
 */
export const routeTree = (routes: readonly Route[]): ((path: string) => PathMatch | undefined) => {
  const root = branch();
  for (const route of routes) plant(root, route);
  return (path) => {
    const segments = path.split("/");
    if (segments.shift() !== "") return undefined;
    return walk(root, segments, 0, {});
  };
};

const branch = (): Branch => ({ literals: new Map(), parameter: undefined, routes: new Map() });

const plant = (root: Branch, route: Route): void => {
  let at = root;
  for (const segment of route.path.split("/").slice(1)) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      const next = at.literals.get(segment) ?? branch();
      at.literals.set(segment, next);
      at = next;
    } else {
      at.parameter ??= { name, branch: branch() };
      if (at.parameter.name !== name) throw new Error(`${route.path}: call the parameter ${at.parameter.name}.`);
      at = at.parameter.branch;
    }
  }
  if (at.routes.has(route.method)) throw new Error(`${route.method} ${route.path} stands twice in the table.`);
  at.routes.set(route.method, route);
};

const walk = (
  at: Branch,
  segments: readonly string[],
  index: number,
  path: { readonly [name: string]: string },
): PathMatch | undefined => {
  const segment = segments[index];
  if (segment === undefined) return at.routes.size === 0 ? undefined : pathMatch(at.routes, path);
  const literal = at.literals.get(segment);
  const found = literal === undefined ? undefined : walk(literal, segments, index + 1, path);
  if (found !== undefined || at.parameter === undefined || segment === "") return found;
  return walk(at.parameter.branch, segments, index + 1, { ...path, [at.parameter.name]: segment });
};

const pathMatch = (routes: ReadonlyMap<Method, Route>, path: { readonly [name: string]: string }): PathMatch => ({
  find: (method) => {
    const route = routes.get(method);
    return route === undefined ? undefined : { route, path: decodeValues(path) };
  },
  allowed: () => [...routes.keys(), ...(routes.has("GET") ? ["HEAD"] : []), "OPTIONS"].sort(),
});

const decodeValues = (path: { readonly [name: string]: string }): { readonly [name: string]: string } => {
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(path)) decoded[name] = value.includes("%") ? decode(value) : value;
  return decoded;
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpProblem("malformed_request", "The path is not percent-encoded UTF-8.");
  }
};
