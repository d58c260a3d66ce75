import type { JsonSchema } from "../json-schema.ts";
import { closed, reference } from "./reference.ts";

/** Schemas of problem documents (RFC 9457). */
export const problemSchemas: { readonly [name: string]: JsonSchema } = {
  Problem: closed(
    {
      type: { type: "string", format: "uri-reference" },
      title: { type: "string" },
      status: { type: "integer", minimum: 400, maximum: 599 },
      code: { type: "string", description: "The stable name to switch on." },
      detail: { type: "string" },
      errors: { type: "array", items: reference("InputIssue"), description: "Every rule the input breaks." },
      currentVersion: { type: "integer", description: "The stored version, when another was expected." },
      requiredActions: { type: "array", items: { type: "string" }, description: "What has to be done first." },
    },
    ["detail", "errors", "currentVersion", "requiredActions"],
  ),
  InputIssue: closed({
    field: { type: "string", description: "Dots between steps; empty for the whole input." },
    rule: { type: "string", description: "The stable name of the broken rule." },
    message: { type: "string" },
  }),
};
