import { exactly, whole } from "../body-shape.ts";
import { clientOf } from "../client.ts";
import { type Route, route } from "../route.ts";
import { closed, reference } from "../schema/reference.ts";
import { changeSchemas } from "../schema/user.ts";

const code = { type: "string", description: "Six digits of an authenticator app, or a recovery code." } as const;
const name = { type: "string", minLength: 1, maxLength: 64, description: "What its owner calls it." } as const;

const completeLogin = route({
  method: "POST",
  path: "/sessions/completions",
  operationId: "completeLogin",
  summary: "Complete a login with a second factor",
  description: "After a wrong code the challenge stays good; after some of them there is a wait.",
  tag: "Sessions",
  access: "public",
  body: exactly<{ challenge: string; code: string }>({
    challenge: { type: "string", description: "`challenge` of the problem `second_factor_required`." },
    code,
  }),
  success: {
    status: 201,
    description: "A new session.",
    schema: reference("SessionTokens"),
    headers: { Location: "The session's path, to end it." },
  },
  fails: ["InvalidChallenge", "InvalidCode", "TooManyAttempts"],
  run: async ({ system, body, request }) => {
    const tokens = await system.sessions.completeLogin({ ...body, client: clientOf(request) });
    return {
      json: tokens,
      headers: { Location: `${request.basePath}/sessions/${encodeURIComponent(tokens.sessionId)}` },
    };
  },
});

const stepUp = route({
  method: "POST",
  path: "/sessions/current/step-up",
  operationId: "stepUp",
  summary: "Prove anew who you are",
  description: "By the code for users who have a second factor, by the password for others.",
  tag: "Sessions",
  access: "bearer",
  body: whole<{ password?: string; code?: string }>({
    type: "object",
    properties: { password: changeSchemas.password, code },
    additionalProperties: false,
  }),
  success: { status: 200, description: "An access token that says so.", schema: reference("AccessToken") },
  fails: ["InvalidCredentials", "InvalidCode", "SessionNotFound", "TooManyAttempts", "TooBusy"],
  run: async ({ caller, body }) => ({ json: await caller.sessions.stepUp(body) }),
});

const listSecondFactors = route({
  method: "GET",
  path: "/users/{id}/second-factors",
  operationId: "listSecondFactors",
  summary: "List what a user logs in by besides the password",
  tag: "Second factors",
  access: "bearer",
  success: { status: 200, description: "Oldest first.", schema: reference("SecondFactors") },
  fails: ["UserNotFound"],
  run: async ({ caller, path }) => ({ json: await caller.secondFactors.list(path.id) }),
});

const startTotp = route({
  method: "POST",
  path: "/second-factors",
  operationId: "startTotp",
  summary: "Begin to set up an authenticator app",
  description: "It counts for nothing until its first code was confirmed. Needs a recent login or step-up.",
  tag: "Second factors",
  access: "bearer",
  body: whole<{ name?: string }>({ type: "object", properties: { name }, additionalProperties: false }),
  success: { status: 201, description: "The secret, shown once.", schema: reference("TotpEnrolment") },
  fails: ["UserNotFound", "InsufficientAuthentication"],
  run: async ({ caller, body }) => ({ json: await caller.secondFactors.startTotp(body) }),
});

const confirmTotp = route({
  method: "POST",
  path: "/second-factors/{id}/confirm",
  operationId: "confirmTotp",
  summary: "Confirm an authenticator app by its first code",
  tag: "Second factors",
  access: "bearer",
  body: exactly<{ code: string }>({ code }),
  success: {
    status: 200,
    description: "Every login asks for it from now on.",
    schema: reference("ConfirmedFactor"),
  },
  fails: ["SecondFactorNotFound", "InvalidCode", "TooManyAttempts"],
  run: async ({ caller, path, body }) => ({ json: await caller.secondFactors.confirmTotp({ ...body, id: path.id }) }),
});

const renameSecondFactor = route({
  method: "PATCH",
  path: "/second-factors/{id}",
  operationId: "renameSecondFactor",
  summary: "Rename a second factor",
  tag: "Second factors",
  access: "bearer",
  body: exactly<{ name: string }>({ name }),
  success: { status: 200, description: "The factor under its new name.", schema: reference("SecondFactor") },
  fails: ["SecondFactorNotFound"],
  run: async ({ caller, path, body }) => ({ json: await caller.secondFactors.rename(path.id, body.name) }),
});

const removeSecondFactor = route({
  method: "DELETE",
  path: "/second-factors/{id}",
  operationId: "removeSecondFactor",
  summary: "Remove a second factor",
  description: "Of oneself, or as an admin. Needs a recent login or step-up.",
  tag: "Second factors",
  access: "bearer",
  success: { status: 204, description: "Removed; with the last one the recovery codes too." },
  fails: ["SecondFactorNotFound", "InsufficientAuthentication"],
  run: async ({ caller, path }) => {
    await caller.secondFactors.remove(path.id);
    return {};
  },
});

const replaceRecoveryCodes = route({
  method: "POST",
  path: "/recovery-codes",
  operationId: "replaceRecoveryCodes",
  summary: "Get new recovery codes",
  description: "The old ones work no more. Needs a recent login or step-up.",
  tag: "Second factors",
  access: "bearer",
  success: {
    status: 201,
    description: "Ten codes, shown once.",
    schema: closed({ recoveryCodes: { type: "array", items: { type: "string" } } }),
  },
  fails: ["SecondFactorNotFound", "InsufficientAuthentication"],
  run: async ({ caller }) => ({ json: { recoveryCodes: await caller.secondFactors.replaceRecoveryCodes() } }),
});

/** Second factors: log in by them, set them up, look after them. */
export const secondFactorRoutes: readonly Route[] = [
  completeLogin,
  stepUp,
  listSecondFactors,
  startTotp,
  confirmTotp,
  renameSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
];
