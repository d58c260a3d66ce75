import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, orNull, reference } from "./reference.ts";

/** Schemas of second factors. */
export const secondFactorSchemas: { readonly [name: string]: JsonSchema } = {
  AccessToken: closed(
    {
      sessionId: idSchema,
      accessToken: { type: "string", description: "Send it as `Authorization: Bearer`." },
      tokenType: { type: "string", const: "Bearer" },
      expiresIn: { type: "integer", minimum: 1, description: "Seconds until the access token expires." },
      requiredActions: { type: "array", items: { type: "string" }, description: "What has to be done first." },
    },
    ["requiredActions"],
  ),
  SecondFactor: closed({
    id: idSchema,
    kind: { type: "string", enum: ["totp"] },
    name: { type: "string", maxLength: 64 },
    createdAt: instantSchema,
    lastUsedAt: orNull(instantSchema),
  }),
  SecondFactors: closed({
    factors: { type: "array", items: reference("SecondFactor") },
    recoveryCodesLeft: { type: "integer", minimum: 0 },
  }),
  TotpEnrolment: closed({
    id: idSchema,
    secret: { type: "string", description: "Base32, to be typed into the app." },
    uri: { type: "string", description: "The same as `otpauth://` address, for a QR code." },
  }),
  ConfirmedFactor: closed({
    factor: reference("SecondFactor"),
    recoveryCodes: {
      type: ["array", "null"],
      items: { type: "string" },
      description: "Shown once; null when the user has some already.",
    },
  }),
};
