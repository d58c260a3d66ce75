import type { Grant, Page, PermissionOn } from "@muster/core";
import { exactly } from "../body-shape.ts";
import { integer, text } from "../parameter.ts";
import { type Reply, type Route, route } from "../route.ts";
import { closed, idSchema, reference } from "../schema/reference.ts";

const grants = { type: "array", items: reference("Grant"), minItems: 1, maxItems: 500 } as const;
const questions = { type: "array", items: reference("PermissionOn"), minItems: 1, maxItems: 100 } as const;
const count = { type: "integer", minimum: 0 } as const;
const pageParameters = {
  limit: integer("Rows of a page, 20 unless given.", 1, 100),
  cursor: text("nextCursor of a page of the same query."),
};
const pageSuccess = { status: 200, description: "A page of grants.", schema: reference("GrantPage") } as const;
const pageReply = ({ items, nextCursor }: Page<Grant>): Reply => ({ json: { grants: items, nextCursor } });

const setGrants = route({
  method: "POST",
  path: "/grants",
  operationId: "setGrants",
  summary: "Grant permissions to users and groups, all or none",
  tag: "Grants",
  access: "bearer",
  body: exactly<{ grants: readonly Grant[] }>({ grants }),
  success: { status: 200, description: "How many were not there before.", schema: closed({ added: count }) },
  fails: ["UserNotFound", "GroupNotFound"],
  run: async ({ caller, body }) => ({ json: { added: await caller.grants.set(body.grants) } }),
});

const removeGrants = route({
  method: "POST",
  path: "/grants/remove",
  operationId: "removeGrants",
  summary: "Take grants back, all or none",
  tag: "Grants",
  access: "bearer",
  body: exactly<{ grants: readonly Grant[] }>({ grants }),
  success: { status: 200, description: "How many were there.", schema: closed({ removed: count }) },
  run: async ({ caller, body }) => ({ json: { removed: await caller.grants.remove(body.grants) } }),
});

const listGrants = route({
  method: "GET",
  path: "/grants",
  operationId: "listGrants",
  summary: "List what was granted on a resource, groups before users",
  tag: "Grants",
  access: "bearer",
  query: {
    resourceType: text("The resource's type; needed."),
    resourceId: text("The resource's id; needed."),
    ...pageParameters,
  },
  success: pageSuccess,
  run: async ({ caller, query: { resourceType = "", resourceId = "", ...query } }) =>
    pageReply(await caller.grants.listOn({ resourceType, resourceId }, query)),
});

const listUserGrants = route({
  method: "GET",
  path: "/users/{id}/grants",
  operationId: "listUserGrants",
  summary: "List what was granted to a user as such, by resource",
  tag: "Grants",
  access: "bearer",
  query: pageParameters,
  success: pageSuccess,
  fails: ["UserNotFound"],
  run: async ({ caller, path, query }) => pageReply(await caller.grants.listOfUser(path.id, query)),
});

const listGroupGrants = route({
  method: "GET",
  path: "/groups/{id}/grants",
  operationId: "listGroupGrants",
  summary: "List what was granted to a group as such, by resource",
  tag: "Grants",
  access: "bearer",
  query: pageParameters,
  success: pageSuccess,
  fails: ["GroupNotFound"],
  run: async ({ caller, path, query }) => pageReply(await caller.grants.listOfGroup(path.id, query)),
});

const checkGrants = route({
  method: "POST",
  path: "/users/{id}/grants/check",
  operationId: "checkGrants",
  summary: "Ask which of some permissions a user has, by whatever way",
  tag: "Grants",
  access: "bearer",
  body: exactly<{ questions: readonly PermissionOn[] }>({ questions }),
  success: {
    status: 200,
    description: "An answer to each question, in their order.",
    schema: closed({ allowed: { type: "array", items: { type: "boolean" } } }),
  },
  run: async ({ caller, path, body }) => ({
    json: { allowed: await caller.grants.checkMany(path.id, body.questions) },
  }),
});

const listUserResources = route({
  method: "GET",
  path: "/users/{id}/resources",
  operationId: "listUserResources",
  summary: "List the ids of the resources on which a user has a permission",
  tag: "Grants",
  access: "bearer",
  query: {
    resourceType: text("Resources of this type; needed."),
    permission: text("The permission; needed."),
    after: text("Begins behind this id."),
    limit: integer("How many, 100 unless given.", 1, 1_000),
  },
  success: {
    status: 200,
    description: "In the order of their bytes: fewer than the limit are the last.",
    schema: closed({ resourceIds: { type: "array", items: idSchema, maxItems: 1_000 } }),
  },
  run: async ({ caller, path, query: { resourceType = "", permission = "", ...query } }) => ({
    json: {
      resourceIds: await caller.grants.listResources({ userId: path.id, resourceType, permission, ...query }),
    },
  }),
});

/** Permissions on the application's resources. */
export const grantRoutes: readonly Route[] = [
  setGrants,
  removeGrants,
  listGrants,
  listUserGrants,
  listGroupGrants,
  checkGrants,
  listUserResources,
];
