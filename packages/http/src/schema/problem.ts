import type { JsonSchema } from "../json-schema.ts";
import { closed, instantSchema, reference } from "./reference.ts";

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
      challenge: { type: "string", description: "What completes a login that needs a second factor." },
      factors: { type: "array", items: { type: "string" }, description: "What the login can be completed with." },
      expiresAt: { ...instantSchema, description: "Until when the challenge is good." },
      maxAgeSeconds: { type: "integer", description: "How long ago the last proof may be." },
      methods: { type: "array", items: { type: "string" }, description: "By what it has to be (RFC 8176)." },
    },
    [
      "detail",
      "challenge",
      "factors",
      "expiresAt",
      "maxAgeSeconds",
      "methods",
      "errors",
      "currentVersion",
      "requiredActions",
    ],
  ),
  InputIssue: closed({
    field: { type: "string", description: "Dots between steps; empty for the whole input." },
    rule: { type: "string", description: "The stable name of the broken rule." },
    message: { type: "string" },
  }),
};
