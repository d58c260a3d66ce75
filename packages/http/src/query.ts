import { type InputIssue, InvalidInput } from "@muster/core";
import type { Decoded, Parameters } from "./parameter.ts";
import { HttpProblem } from "./problem.ts";

/** Name and value of each parameter, in order, decoded as a form is (plus is a space). Throws `malformed_request`. */
export const parseQuery = (query: string): readonly (readonly [name: string, value: string])[] =>
  query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals < 0 ? [decode(pair), ""] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    });

/**
 * Decodes the parameters a route declares. Throws InvalidInput with every parameter that is unknown, given more often
 * than it may be, or not in its form.
 */
export const decodeQuery = <P extends Parameters>(parameters: P, query: string): Decoded<P> => {
  const given = new Map<string, [string, ...string[]]>();
  for (const [name, value] of parseQuery(query)) {
    const values = given.get(name);
    if (values === undefined) given.set(name, [value]);
    else values.push(value);
  }
  const issues: InputIssue[] = [];
  const decoded: Record<string, unknown> = {};
  for (const [name, values] of given) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined)
      issues.push({ field: name.slice(0, 64), rule: "unknown_key", message: "is not a known parameter" });
    else if (values.length > 1 && !parameter.repeatable)
      issues.push({ field: name, rule: "repeated", message: "may be given once only" });
    else decoded[name] = parameter.decode(values, name, issues);
  }
  if (issues.length > 0) throw new InvalidInput({ issues });
  // Each name is a declared one and its value came from that parameter's own decoder.
  return decoded as Decoded<P>;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new HttpProblem("malformed_request", "The query is not percent-encoded UTF-8.");
  }
};
