import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, orNull, reference } from "./reference.ts";

const email: JsonSchema = { type: "string", maxLength: 254, description: "Where it was sent." };
const count: JsonSchema = { type: "integer", minimum: 0 };

/** Schemas of invitations. */
export const invitationSchemas: { readonly [name: string]: JsonSchema } = {
  Invitation: closed({
    id: idSchema,
    userId: idSchema,
    email,
    invitedBy: { ...orNull(idSchema), description: "Id of the user who invited; null when the system did." },
    state: { type: "string", enum: ["pending", "accepted", "revoked", "expired"] },
    createdAt: instantSchema,
    expiresAt: { ...instantSchema, description: "The link in the mail works before this instant." },
    acceptedAt: orNull(instantSchema),
    revokedAt: orNull(instantSchema),
  }),
  InvitationPage: closed({
    invitations: { type: "array", items: reference("Invitation") },
    nextCursor: orNull({ type: "string" }),
  }),
  InvitationStatistics: closed({ pending: count, accepted: count, revoked: count, expired: count }),
  InvitationPreview: closed({
    inviterName: orNull({ type: "string", description: "Null when the system invites, or somebody without a name." }),
    email,
    expiresAt: instantSchema,
  }),
};
