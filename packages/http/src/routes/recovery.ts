import type { EmailConfirmation } from "@muster/core";
import { exactly, whole } from "../body-shape.ts";
import { clientOf } from "../client.ts";
import { type Route, route, type Success } from "../route.ts";
import { closed, reference } from "../schema/reference.ts";
import { changeSchemas } from "../schema/user.ts";

const accepted: Success = { status: 202, description: "Accepted. A mail is sent if there is one to send." };
const token = { type: "string", description: "The token in the link of the mail." } as const;

const requestPasswordReset = route({
  method: "POST",
  path: "/password-resets",
  operationId: "requestPasswordReset",
  summary: "Ask for a mail to reset a password",
  description: "The answer is the same whether somebody has this login or not.",
  tag: "Recovery",
  access: "public",
  body: exactly<{ login: string }>({ login: { type: "string", description: "A username or an email." } }),
  success: accepted,
  fails: ["TooManyAttempts", "MailNotConfigured"],
  run: async ({ caller, body, request }) => {
    await caller.recovery.requestPasswordReset({ ...body, client: clientOf(request) });
    return {};
  },
});

const resetPassword = route({
  method: "POST",
  path: "/password-resets/confirm",
  operationId: "resetPassword",
  summary: "Set a new password by the token of a mail",
  tag: "Recovery",
  access: "public",
  body: exactly<{ token: string; password: string }>({ token, password: changeSchemas.password }),
  success: { status: 204, description: "Set; all sessions of the user have ended." },
  fails: ["InvalidOneTimeToken", "TooBusy"],
  run: async ({ caller, body }) => {
    await caller.recovery.resetPassword(body);
    return {};
  },
});

const requestEmailVerification = route({
  method: "POST",
  path: "/users/{id}/email-verification",
  operationId: "requestEmailVerification",
  summary: "Ask for a mail that proves a user's address",
  tag: "Recovery",
  access: "bearer",
  success: accepted,
  fails: ["UserNotFound", "MailNotConfigured"],
  run: async ({ caller, path }) => {
    await caller.recovery.requestEmailVerification(path.id);
    return {};
  },
});

const requestEmailChange = route({
  method: "POST",
  path: "/users/me/email-change",
  operationId: "requestEmailChange",
  summary: "Ask for another email, which stays pending until it is proven",
  tag: "Recovery",
  access: "bearer",
  body: exactly<{ email: string; password: string }>({
    email: { type: "string", maxLength: 254 },
    password: changeSchemas.password,
  }),
  success: { status: 202, description: "Accepted. A mail is sent to the new address." },
  fails: ["UserNotFound", "InvalidCredentials", "TooBusy", "MailNotConfigured"],
  run: async ({ caller, body }) => {
    await caller.recovery.requestEmailChange(body);
    return {};
  },
});

const findPendingEmail = route({
  method: "GET",
  path: "/users/{id}/pending-email",
  operationId: "findPendingEmail",
  summary: "The address a user wants and has not proven yet",
  tag: "Recovery",
  access: "bearer",
  success: { status: 200, description: "Null when there is none.", schema: reference("PendingEmail") },
  fails: ["UserNotFound"],
  run: async ({ caller, path }) => {
    const pending = await caller.recovery.findPendingEmail(path.id);
    return { json: { email: pending?.email ?? null, expiresAt: pending?.expiresAt ?? null } };
  },
});

const confirmEmail = route({
  method: "POST",
  path: "/email-confirmations",
  operationId: "confirmEmail",
  summary: "Prove an address by the token of a mail",
  description:
    "A new address needs the access token of its user, or the password. Without either, the first proof of the present " +
    "address clears password and sessions, and a mail to choose a new password is sent.",
  tag: "Recovery",
  access: "optional",
  body: whole<EmailConfirmation>({
    type: "object",
    properties: { token, password: changeSchemas.password },
    required: ["token"],
    additionalProperties: false,
  }),
  success: {
    status: 200,
    description: "Proven.",
    schema: closed({
      userId: { type: "string" },
      email: { type: "string" },
      passwordCleared: { type: "boolean" },
    }),
  },
  fails: ["InvalidOneTimeToken", "InvalidCredentials", "EmailTaken", "UsernameTaken", "TooBusy"],
  run: async ({ caller, body }) => ({ json: await caller.recovery.confirmEmail(body) }),
});

const undoEmailChange = route({
  method: "POST",
  path: "/email-change-undos",
  operationId: "undoEmailChange",
  summary: "Take a change of the email back by the token sent to the old address",
  tag: "Recovery",
  access: "public",
  body: exactly<{ token: string }>({ token }),
  success: {
    status: 204,
    description: "Undone; password and sessions are cleared, a mail to choose a new one is sent.",
  },
  fails: ["InvalidOneTimeToken", "EmailTaken", "UsernameTaken"],
  run: async ({ caller, body }) => {
    await caller.recovery.undoEmailChange(body);
    return {};
  },
});

/** Forgotten passwords and addresses to be proven. */
export const recoveryRoutes: readonly Route[] = [
  requestPasswordReset,
  resetPassword,
  requestEmailVerification,
  requestEmailChange,
  findPendingEmail,
  confirmEmail,
  undoEmailChange,
];
