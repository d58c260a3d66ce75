import { type NewUser, Unauthenticated, type UserPatch, type UserView } from "@muster/core";
import { whole } from "../body-shape.ts";
import { entityTag } from "../if-match.ts";
import { pageLinks } from "../page-link.ts";
import { word } from "../parameter.ts";
import { type Reply, type Route, route, type Success } from "../route.ts";
import { reference } from "../schema/reference.ts";
import { filterParameters, listParameters, userFilter, userQuery } from "../user-query.ts";

/** A user as an answer, with the entity tag when the caller may see the version. */
export const userReply = (user: UserView): Reply =>
  user.version === undefined ? { json: user } : { json: user, headers: { ETag: entityTag(user.version) } };

/** What the document says of {@link userReply}. */
export const userSuccess = (description: string): Success => ({
  status: 200,
  description,
  schema: reference("User"),
  headers: { ETag: "The user's version, when the caller may see it." },
});

const createUser = (registration: boolean): Route =>
  route({
    method: "POST",
    path: "/users",
    operationId: "createUser",
    summary: registration ? "Add a user, or register oneself without a token" : "Add a user",
    tag: "Users",
    access: registration ? "optional" : "bearer",
    body: whole<NewUser>(reference("NewUser")),
    success: {
      ...userSuccess("The new user."),
      status: 201,
      headers: { ETag: "The user's version.", Location: "The user's path." },
    },
    fails: ["UsernameTaken", "EmailTaken", "UserIdTaken", "TooBusy", "MailNotConfigured"],
    run: async ({ caller, body, request }) => {
      const user = await caller.users.create(body);
      const { json, headers } = userReply(user);
      return { json, headers: { ...headers, Location: `${request.basePath}/users/${encodeURIComponent(user.id)}` } };
    },
  });

const listUsers = route({
  method: "GET",
  path: "/users",
  operationId: "listUsers",
  summary: "List users",
  tag: "Users",
  access: "bearer",
  query: listParameters,
  success: {
    status: 200,
    description: "A page of users.",
    schema: reference("UserPage"),
    headers: { Link: "The next and previous page (RFC 8288)." },
  },
  run: async ({ caller, query, request }) => {
    const { items, ...page } = await caller.users.list(userQuery(query));
    return { json: { users: items, ...page }, headers: pageLinks(request, page) };
  },
});

const countUsers = route({
  method: "GET",
  path: "/users/count",
  operationId: "countUsers",
  summary: "Count users",
  tag: "Users",
  access: "bearer",
  query: {
    ...filterParameters,
    total: word("How to count: capped, which stops at 1,000, unless given.", ["exact", "capped"]),
  },
  success: { status: 200, description: "How many there are.", schema: reference("Total") },
  run: async ({ caller, query }) => ({ json: await caller.users.count(userFilter(query), query.total) }),
});

const getUser = route({
  method: "GET",
  path: "/users/{id}",
  operationId: "getUser",
  summary: "Get a user",
  tag: "Users",
  access: "bearer",
  success: userSuccess("The user."),
  fails: ["UserNotFound"],
  run: async ({ caller, path }) => userReply(await caller.users.get(path.id)),
});

const updateUser = route({
  method: "PATCH",
  path: "/users/{id}",
  operationId: "updateUser",
  summary: "Change names, contact and metadata of a user",
  tag: "Users",
  access: "bearer",
  guarded: true,
  body: whole<UserPatch>(reference("UserPatch")),
  success: userSuccess("The user as it is now."),
  fails: ["UserNotFound"],
  run: async ({ caller, path, body, ifVersion }) => userReply(await caller.users.update(path.id, body, ifVersion)),
});

const getProfile = route({
  method: "GET",
  path: "/users/me",
  operationId: "getProfile",
  summary: "Get the caller",
  tag: "Users",
  access: "bearer",
  success: userSuccess("The caller."),
  fails: ["UserNotFound"],
  run: async ({ caller }) => userReply(await caller.users.profile()),
});

const updateProfile = route({
  method: "PATCH",
  path: "/users/me",
  operationId: "updateProfile",
  summary: "Change names, contact and metadata of the caller",
  tag: "Users",
  access: "bearer",
  guarded: true,
  body: whole<UserPatch>(reference("UserPatch")),
  success: userSuccess("The caller as it is now."),
  fails: ["UserNotFound"],
  run: async ({ caller, principal, body, ifVersion }) => {
    if (principal === undefined) throw new Unauthenticated();
    return userReply(await caller.users.update(principal.userId, body, ifVersion));
  },
});

/** Users: create, list, count, read, change. */
export const userRoutes = (registration: boolean): readonly Route[] => [
  createUser(registration),
  listUsers,
  countUsers,
  getProfile,
  updateProfile,
  getUser,
  updateUser,
];
