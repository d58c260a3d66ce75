import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, orNull, reference } from "./reference.ts";

/** Schemas of sessions. */
export const sessionSchemas: { readonly [name: string]: JsonSchema } = {
  SessionTokens: closed(
    {
      sessionId: idSchema,
      accessToken: { type: "string", description: "Send it as `Authorization: Bearer`." },
      refreshToken: { type: "string", description: "Works once, then is replaced by its successor." },
      tokenType: { type: "string", const: "Bearer" },
      expiresIn: { type: "integer", minimum: 1, description: "Seconds until the access token expires." },
      requiredActions: {
        type: "array",
        items: { type: "string" },
        description: "What has to be done before the tokens are good for anything else; absent when that is nothing.",
      },
    },
    ["requiredActions"],
  ),
  Session: closed({
    id: idSchema,
    userId: idSchema,
    createdAt: instantSchema,
    refreshedAt: { ...orNull(instantSchema), description: "Null until the first refresh." },
    expiresAt: instantSchema,
    client: closed({ address: { type: "string", maxLength: 45 }, userAgent: { type: "string", maxLength: 512 } }, [
      "address",
      "userAgent",
    ]),
    authenticatedAt: { ...instantSchema, description: "When its holder last proved who they are." },
    methods: {
      type: "array",
      items: { type: "string" },
      description: "By what (RFC 8176): `pwd`, `otp`, `hwk`, and `mfa` when it was by two factors.",
    },
  }),
  SessionList: closed({ sessions: { type: "array", items: reference("Session"), maxItems: 100 } }),
};
