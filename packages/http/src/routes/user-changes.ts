import type { MusterError, User } from "@muster/core";
import { type BodyShape, exactly, whole } from "../body-shape.ts";
import { type Route, type RouteDefinition, route, type Success } from "../route.ts";
import { changeSchemas } from "../schema/user.ts";
import { userReply, userSuccess } from "./users.ts";

interface Change<Path extends string, Body>
  extends Pick<RouteDefinition<Path, Record<never, never>, Body>, "path" | "operationId" | "summary" | "run"> {
  readonly fails: readonly MusterError["_tag"][];
  readonly body: BodyShape<Body>;
  readonly success?: Success;
}

/** Replaces one thing a user has. */
const change = <const Path extends string, Body>(definition: Change<Path, Body>): Route =>
  route({
    method: "PUT",
    tag: "Users",
    access: "bearer",
    guarded: true,
    success: userSuccess("The user as it is now."),
    ...definition,
  });

const changed: Success = { status: 204, description: "Changed; all sessions of the user have ended." };

const changeOwnPassword = change({
  path: "/users/me/password",
  operationId: "changeOwnPassword",
  summary: "Change the caller's password, given the old one",
  body: exactly<{ oldPassword: string; newPassword: string }>({
    oldPassword: changeSchemas.password,
    newPassword: changeSchemas.password,
  }),
  success: changed,
  fails: ["UserNotFound", "InvalidCredentials", "TooBusy"],
  run: async ({ caller, body, ifVersion }) => {
    await caller.users.changePassword(body.oldPassword, body.newPassword, ifVersion);
    return {};
  },
});

const setPassword = change({
  path: "/users/{id}/password",
  operationId: "setPassword",
  summary: "Set a user's password",
  body: whole<{ password: string; temporary?: boolean }>({
    type: "object",
    properties: {
      password: changeSchemas.password,
      temporary: { type: "boolean", description: "It has to be changed at the next login." },
    },
    required: ["password"],
    additionalProperties: false,
  }),
  success: changed,
  fails: ["UserNotFound", "TooBusy"],
  run: async ({ caller, path, body: { password, ...options }, ifVersion }) => {
    await caller.users.setPassword(path.id, password, { ...options, ...ifVersion });
    return {};
  },
});

const changeEmail = change({
  path: "/users/{id}/email",
  operationId: "changeEmail",
  summary: "Change or (null) remove a user's email",
  body: exactly<{ email: string | null }>({ email: changeSchemas.email }),
  fails: ["UserNotFound", "EmailTaken"],
  run: async ({ caller, path, body, ifVersion }) =>
    userReply(await caller.users.changeEmail(path.id, body.email, ifVersion)),
});

const changeUsername = change({
  path: "/users/{id}/username",
  operationId: "changeUsername",
  summary: "Change or (null) remove a user's username",
  body: exactly<{ username: string | null }>({ username: changeSchemas.username }),
  fails: ["UserNotFound", "UsernameTaken"],
  run: async ({ caller, path, body, ifVersion }) =>
    userReply(await caller.users.changeUsername(path.id, body.username, ifVersion)),
});

const replaceTags = change({
  path: "/users/{id}/tags",
  operationId: "replaceTags",
  summary: "Replace a user's tags",
  body: exactly<{ tags: readonly string[] }>({ tags: changeSchemas.tags }),
  fails: ["UserNotFound"],
  run: async ({ caller, path, body, ifVersion }) =>
    userReply(await caller.users.replaceTags(path.id, body.tags, ifVersion)),
});

const setRole = change({
  path: "/users/{id}/role",
  operationId: "setRole",
  summary: "Set a user's role",
  body: exactly<{ role: User["role"] }>({ role: changeSchemas.role }),
  fails: ["UserNotFound", "LastAdmin"],
  run: async ({ caller, path, body, ifVersion }) =>
    userReply(await caller.users.setRole(path.id, body.role, ifVersion)),
});

const changeOwner = change({
  path: "/users/{id}/owner",
  operationId: "changeOwner",
  summary: "Change or (null) remove a user's owner",
  body: exactly<{ ownerId: string | null }>({ ownerId: changeSchemas.ownerId }),
  fails: ["UserNotFound"],
  run: async ({ caller, path, body, ifVersion }) =>
    userReply(await caller.users.changeOwner(path.id, body.ownerId, ifVersion)),
});

const setRequiredActions = change({
  path: "/users/{id}/required-actions",
  operationId: "setRequiredActions",
  summary: "Set what a user has to do before anything else",
  body: exactly<{ requiredActions: readonly string[] }>({ requiredActions: changeSchemas.requiredActions }),
  fails: ["UserNotFound"],
  run: async ({ caller, path, body, ifVersion }) =>
    userReply(await caller.users.setRequiredActions(path.id, body.requiredActions, ifVersion)),
});

const acceptAction = route({
  method: "POST",
  path: "/users/me/accepted-actions",
  operationId: "acceptAction",
  summary: "Clear a required action of the caller's by agreeing to it, e.g. ACCEPT_TERMS",
  tag: "Users",
  access: "bearer",
  body: exactly<{ action: string }>({ action: { type: "string" } }),
  success: userSuccess("The caller as it is now."),
  fails: ["UserNotFound"],
  run: async ({ caller, body }) => userReply(await caller.users.acceptAction(body.action)),
});

/** Users: what has an operation of its own because it needs other rights or ends sessions. */
export const userChangeRoutes: readonly Route[] = [
  changeOwnPassword,
  setPassword,
  changeEmail,
  changeUsername,
  replaceTags,
  setRole,
  changeOwner,
  setRequiredActions,
  acceptAction,
];
