import type { JsonSchema } from "../json-schema.ts";
import { closed, instantSchema, orNull } from "./reference.ts";

/** Schemas of forgotten passwords and addresses to be proven. */
export const recoverySchemas: { readonly [name: string]: JsonSchema } = {
  PendingEmail: closed({
    email: { type: ["string", "null"], maxLength: 254 },
    expiresAt: { ...orNull(instantSchema), description: "Until when the link in the mail works." },
  }),
};
