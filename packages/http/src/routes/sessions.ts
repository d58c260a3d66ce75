import { exactly } from "../body-shape.ts";
import { clientOf } from "../client.ts";
import { text } from "../parameter.ts";
import { type Route, route } from "../route.ts";
import { closed, reference } from "../schema/reference.ts";
import { changeSchemas } from "../schema/user.ts";

const login = route({
  method: "POST",
  path: "/sessions",
  operationId: "login",
  summary: "Log in by username or email",
  description:
    "Unknown login, wrong password and a user who may not log in are one answer; after some failures it is 429 for a while, whoever is named.",
  tag: "Sessions",
  access: "public",
  body: exactly<{ login: string; password: string }>({
    login: { type: "string", description: "A username or an email." },
    password: changeSchemas.password,
  }),
  success: {
    status: 201,
    description: "A new session.",
    schema: reference("SessionTokens"),
    headers: { Location: "The session's path, to end it." },
  },
  fails: ["InvalidCredentials", "SecondFactorRequired", "TooManyAttempts", "TooBusy"],
  run: async ({ system, body, request }) => {
    const tokens = await system.sessions.login({ ...body, client: clientOf(request) });
    return {
      json: tokens,
      headers: { Location: `${request.basePath}/sessions/${encodeURIComponent(tokens.sessionId)}` },
    };
  },
});

const refresh = route({
  method: "POST",
  path: "/sessions/refresh",
  operationId: "refreshSession",
  summary: "Spend a refresh token for a new pair of tokens",
  tag: "Sessions",
  access: "public",
  body: exactly<{ refreshToken: string }>({ refreshToken: { type: "string" } }),
  success: { status: 200, description: "The new tokens.", schema: reference("SessionTokens") },
  fails: ["InvalidRefreshToken"],
  run: async ({ system, body }) => ({ json: await system.sessions.refresh(body.refreshToken) }),
});

const listSessions = route({
  method: "GET",
  path: "/sessions",
  operationId: "listSessions",
  summary: "List the live sessions of the caller or, for admins, of a user",
  tag: "Sessions",
  access: "bearer",
  query: { userId: text("Whose sessions; the caller's unless given.") },
  success: { status: 200, description: "Newest first, at most 100.", schema: reference("SessionList") },
  fails: ["UserNotFound"],
  run: async ({ caller, query }) => ({ json: { sessions: await caller.sessions.list(query.userId) } }),
});

const logout = route({
  method: "DELETE",
  path: "/sessions/current",
  operationId: "logout",
  summary: "Log out",
  tag: "Sessions",
  access: "bearer",
  success: { status: 204, description: "The session has ended." },
  fails: ["SessionNotFound"],
  run: async ({ caller }) => {
    await caller.sessions.logout();
    return {};
  },
});

const revoke = route({
  method: "DELETE",
  path: "/sessions/{id}",
  operationId: "revokeSession",
  summary: "End a session",
  tag: "Sessions",
  access: "bearer",
  success: { status: 204, description: "The session has ended." },
  fails: ["SessionNotFound"],
  run: async ({ caller, path }) => {
    await caller.sessions.revoke(path.id);
    return {};
  },
});

const revokeAll = route({
  method: "DELETE",
  path: "/users/{id}/sessions",
  operationId: "revokeUserSessions",
  summary: "End all sessions of a user",
  tag: "Sessions",
  access: "bearer",
  success: {
    status: 200,
    description: "How many have ended.",
    schema: closed({ revoked: { type: "integer", minimum: 0 } }),
  },
  fails: ["UserNotFound"],
  run: async ({ caller, path }) => ({ json: { revoked: await caller.sessions.revokeAll(path.id) } }),
});

/** Sessions: log in, refresh, list, end. */
export const sessionRoutes: readonly Route[] = [login, refresh, listSessions, logout, revoke, revokeAll];
