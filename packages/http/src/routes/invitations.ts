import type { InvitationAcceptance } from "@muster/core";
import { exactly, whole } from "../body-shape.ts";
import { clientOf } from "../client.ts";
import { pageLinks } from "../page-link.ts";
import { integer, text, word } from "../parameter.ts";
import { type Route, route, type Success } from "../route.ts";
import { closed, idSchema, reference } from "../schema/reference.ts";
import { changeSchemas, nameSchemas } from "../schema/user.ts";

const token = { type: "string", description: "The token in the link of the mail." } as const;
const invitation = (description: string, status: 200 | 201 = 200): Success => ({
  status,
  description,
  schema: reference("Invitation"),
});

const createInvitation = route({
  method: "POST",
  path: "/invitations",
  operationId: "createInvitation",
  summary: "Invite a pending user by mail",
  description: "A user that does not exist yet is made and invited in one step by `invite` of createUser.",
  tag: "Invitations",
  access: "bearer",
  body: exactly<{ userId: string }>({ userId: idSchema }),
  success: invitation("The new invitation. One that was open is revoked.", 201),
  fails: ["UserNotFound", "IllegalTransition", "MailNotConfigured"],
  run: async ({ caller, body }) => ({ json: await caller.invitations.create(body) }),
});

const listInvitations = route({
  method: "GET",
  path: "/invitations",
  operationId: "listInvitations",
  summary: "List invitations, newest first",
  tag: "Invitations",
  access: "bearer",
  query: {
    state: word("Invitations in this state.", ["pending", "accepted", "revoked", "expired"]),
    userId: text("Invitations of this user."),
    limit: integer("Rows of a page, 20 unless given.", 1, 100),
    cursor: text("nextCursor of a page of the same query."),
  },
  success: {
    status: 200,
    description: "A page of invitations.",
    schema: reference("InvitationPage"),
    headers: { Link: "The next page (RFC 8288)." },
  },
  run: async ({ caller, query, request }) => {
    const { items, nextCursor, previousCursor } = await caller.invitations.list(query);
    return { json: { invitations: items, nextCursor }, headers: pageLinks(request, { nextCursor, previousCursor }) };
  },
});

const countInvitations = route({
  method: "GET",
  path: "/invitations/statistics",
  operationId: "countInvitations",
  summary: "How many invitations there are in each state",
  tag: "Invitations",
  access: "bearer",
  success: { status: 200, description: "Counts by state.", schema: reference("InvitationStatistics") },
  run: async ({ caller }) => ({ json: await caller.invitations.statistics() }),
});

const getInvitation = route({
  method: "GET",
  path: "/invitations/{id}",
  operationId: "getInvitation",
  summary: "Get an invitation",
  tag: "Invitations",
  access: "bearer",
  success: invitation("The invitation."),
  fails: ["InvitationNotFound"],
  run: async ({ caller, path }) => ({ json: await caller.invitations.get(path.id) }),
});

const resendInvitation = route({
  method: "POST",
  path: "/invitations/{id}/resend",
  operationId: "resendInvitation",
  summary: "Mail another link; older ones are dead",
  tag: "Invitations",
  access: "bearer",
  success: invitation("The invitation as it is now."),
  fails: ["InvitationNotFound", "InvitationClosed", "MailNotConfigured"],
  run: async ({ caller, path }) => ({ json: await caller.invitations.resend(path.id) }),
});

const revokeInvitation = route({
  method: "POST",
  path: "/invitations/{id}/revoke",
  operationId: "revokeInvitation",
  summary: "Take an invitation back",
  tag: "Invitations",
  access: "bearer",
  success: invitation("The invitation as it is now."),
  fails: ["InvitationNotFound", "InvitationClosed"],
  run: async ({ caller, path }) => ({ json: await caller.invitations.revoke(path.id) }),
});

const previewInvitation = route({
  method: "POST",
  path: "/invitation-previews",
  operationId: "previewInvitation",
  summary: "What an invitation says, by the token of its mail",
  description: "The link works on. The token is in the body to stay out of logs of paths.",
  tag: "Invitations",
  access: "public",
  body: exactly<{ token: string }>({ token }),
  success: { status: 200, description: "What it says.", schema: reference("InvitationPreview") },
  fails: ["InvalidOneTimeToken"],
  run: async ({ caller, body }) => ({ json: await caller.invitations.preview(body) }),
});

const acceptInvitation = route({
  method: "POST",
  path: "/invitation-acceptances",
  operationId: "acceptInvitation",
  summary: "Accept an invitation by the token of its mail: choose a password",
  tag: "Invitations",
  access: "public",
  body: whole<Omit<InvitationAcceptance, "client">>({
    type: "object",
    properties: {
      token,
      password: changeSchemas.password,
      ...nameSchemas,
      login: { type: "boolean", description: "Log in at once." },
    },
    required: ["token", "password"],
    additionalProperties: false,
  }),
  success: {
    status: 200,
    description: "Accepted; the user is enabled.",
    schema: closed({
      userId: idSchema,
      session: {
        anyOf: [reference("SessionTokens"), { type: "null" }],
        description: "Null unless `login` was asked for and nothing stood in its way.",
      },
    }),
  },
  fails: ["InvalidOneTimeToken", "TooBusy"],
  run: async ({ caller, body, request }) => ({
    json: await caller.invitations.accept({ ...body, client: clientOf(request) }),
  }),
});

/** Users who are let in by a mail. */
export const invitationRoutes: readonly Route[] = [
  createInvitation,
  listInvitations,
  countInvitations,
  getInvitation,
  resendInvitation,
  revokeInvitation,
  previewInvitation,
  acceptInvitation,
];
