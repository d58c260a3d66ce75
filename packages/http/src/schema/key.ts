import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, orNull, reference } from "./reference.ts";

const member: JsonSchema = { type: "string" };

const publicKey = closed(
  {
    kty: member,
    kid: member,
    alg: member,
    use: { type: "string", const: "sig" },
    crv: member,
    x: member,
    y: member,
    n: member,
    e: member,
  },
  ["crv", "x", "y", "n", "e"],
);

/** Schemas of the keys of access tokens. */
export const keySchemas: { readonly [name: string]: JsonSchema } = {
  JsonWebKeySet: closed({ keys: { type: "array", items: publicKey } }),
  Key: closed({
    kid: idSchema,
    algorithm: { type: "string", enum: ["EdDSA", "ES256", "RS256", "HS512"] },
    state: { type: "string", enum: ["prepared", "active", "retired"] },
    createdAt: instantSchema,
    activeAt: { ...instantSchema, description: "From when on it signs." },
    retiredAt: { ...orNull(instantSchema), description: "When the next key takes over, or took over." },
    goneAt: { ...orNull(instantSchema), description: "When its last token has expired." },
    publicKey: { ...orNull(publicKey), description: "Null for a secret key." },
  }),
  KeyList: closed({ keys: { type: "array", items: reference("Key") } }),
};
