import type { Group, GroupPatch, NewGroup } from "@muster/core";
import { exactly, whole } from "../body-shape.ts";
import { entityTag } from "../if-match.ts";
import { integer, text, word } from "../parameter.ts";
import { type Reply, type Route, route, type Success } from "../route.ts";
import { closed, idSchema, orNull, reference } from "../schema/reference.ts";

const groupReply = (group: Group): Reply => ({ json: group, headers: { ETag: entityTag(group.version) } });

const groupSuccess = (description: string): Success => ({
  status: 200,
  description,
  schema: reference("Group"),
  headers: { ETag: "The group's version." },
});

const createGroup = route({
  method: "POST",
  path: "/groups",
  operationId: "createGroup",
  summary: "Add a group, at the top or below another",
  tag: "Groups",
  access: "bearer",
  body: whole<NewGroup>(reference("NewGroup")),
  success: {
    ...groupSuccess("The new group."),
    status: 201,
    headers: { ETag: "The group's version.", Location: "The group's path." },
  },
  fails: ["GroupIdTaken", "GroupNotFound", "GroupTooDeep"],
  run: async ({ caller, body, request }) => {
    const group = await caller.groups.create(body);
    const { json, headers } = groupReply(group);
    return { json, headers: { ...headers, Location: `${request.basePath}/groups/${encodeURIComponent(group.id)}` } };
  },
});

const pageParameters = {
  limit: integer("Rows of a page, 20 unless given.", 1, 100),
  cursor: text("nextCursor of a page of the same query."),
  total: word("Whether to count; capped stops at 1,000.", ["none", "exact", "capped"]),
};

const listGroups = route({
  method: "GET",
  path: "/groups",
  operationId: "listGroups",
  summary: "List groups by name",
  tag: "Groups",
  access: "bearer",
  query: {
    ...pageParameters,
    parentId: text("Children of this group."),
    top: word("Groups at the top; not together with parentId, which goes first.", ["true"]),
    status: word("Groups in this status.", ["enabled", "disabled"]),
  },
  success: { status: 200, description: "A page of groups.", schema: reference("GroupPage") },
  run: async ({ caller, query: { top, ...query } }) => {
    const all = top === undefined ? query : { parentId: null, ...query };
    const { items, nextCursor, total } = await caller.groups.list(all);
    return { json: { groups: items, nextCursor, total } };
  },
});

const getGroup = route({
  method: "GET",
  path: "/groups/{id}",
  operationId: "getGroup",
  summary: "Get a group",
  tag: "Groups",
  access: "bearer",
  success: groupSuccess("The group."),
  fails: ["GroupNotFound"],
  run: async ({ caller, path }) => groupReply(await caller.groups.get(path.id)),
});

const listGroupAncestors = route({
  method: "GET",
  path: "/groups/{id}/ancestors",
  operationId: "listGroupAncestors",
  summary: "List the groups above a group, its parent first",
  tag: "Groups",
  access: "bearer",
  success: {
    status: 200,
    description: "All of them.",
    schema: closed({ groups: { type: "array", items: reference("Group") } }),
  },
  fails: ["GroupNotFound"],
  run: async ({ caller, path }) => ({ json: { groups: await caller.groups.listAncestors(path.id) } }),
});

const updateGroup = route({
  method: "PATCH",
  path: "/groups/{id}",
  operationId: "updateGroup",
  summary: "Change name, description and metadata of a group",
  tag: "Groups",
  access: "bearer",
  guarded: true,
  body: whole<GroupPatch>(reference("GroupPatch")),
  success: groupSuccess("The group as it is now."),
  fails: ["GroupNotFound"],
  run: async ({ caller, path, body, ifVersion }) => groupReply(await caller.groups.update(path.id, body, ifVersion)),
});

const moveGroup = route({
  method: "PUT",
  path: "/groups/{id}/parent",
  operationId: "moveGroup",
  summary: "Move a group, with all below it, below another or to the top",
  tag: "Groups",
  access: "bearer",
  guarded: true,
  body: exactly<{ parentId: string | null }>({ parentId: orNull(idSchema) }),
  success: groupSuccess("The group as it is now."),
  fails: ["GroupNotFound", "GroupCycle", "GroupTooDeep"],
  run: async ({ caller, path, body, ifVersion }) =>
    groupReply(await caller.groups.move(path.id, body.parentId, ifVersion)),
});

const turn = (verb: "enable" | "disable"): Route =>
  route({
    method: "POST",
    path: `/groups/{id}/${verb}`,
    operationId: `${verb}Group`,
    summary: verb === "enable" ? "Let a group pass its grants on again" : "Let a group pass no grants on",
    tag: "Groups",
    access: "bearer",
    guarded: true,
    success: groupSuccess("The group as it is now."),
    fails: ["GroupNotFound"],
    run: async ({ caller, path, ifVersion }) => groupReply(await caller.groups[verb](path.id, ifVersion)),
  });

const deleteGroup = route({
  method: "DELETE",
  path: "/groups/{id}",
  operationId: "deleteGroup",
  summary: "Remove a group with its memberships and grants",
  description: "Its children come to stand at the top.",
  tag: "Groups",
  access: "bearer",
  guarded: true,
  success: { status: 204, description: "It is gone." },
  fails: ["GroupNotFound"],
  run: async ({ caller, path, ifVersion }) => {
    await caller.groups.delete(path.id, ifVersion);
    return {};
  },
});

const userIds = { type: "array", items: idSchema, minItems: 1, maxItems: 100 } as const;
const count = { type: "integer", minimum: 0 } as const;

const addGroupMembers = route({
  method: "POST",
  path: "/groups/{id}/members",
  operationId: "addGroupMembers",
  summary: "Add users to a group, all or none",
  tag: "Groups",
  access: "bearer",
  body: exactly<{ userIds: readonly string[] }>({ userIds }),
  success: { status: 200, description: "How many were no members before.", schema: closed({ added: count }) },
  fails: ["GroupNotFound", "UserNotFound"],
  run: async ({ caller, path, body }) => ({ json: { added: await caller.groups.addMembers(path.id, body.userIds) } }),
});

const removeGroupMembers = route({
  method: "POST",
  path: "/groups/{id}/members/remove",
  operationId: "removeGroupMembers",
  summary: "Remove users from a group",
  tag: "Groups",
  access: "bearer",
  body: exactly<{ userIds: readonly string[] }>({ userIds }),
  success: { status: 200, description: "How many were members.", schema: closed({ removed: count }) },
  fails: ["GroupNotFound"],
  run: async ({ caller, path, body }) => ({
    json: { removed: await caller.groups.removeMembers(path.id, body.userIds) },
  }),
});

const listGroupMembers = route({
  method: "GET",
  path: "/groups/{id}/members",
  operationId: "listGroupMembers",
  summary: "List a group's own members by id",
  tag: "Groups",
  access: "bearer",
  query: pageParameters,
  success: { status: 200, description: "A page of users.", schema: reference("MemberPage") },
  fails: ["GroupNotFound"],
  run: async ({ caller, path, query }) => {
    const { items, nextCursor, total } = await caller.groups.listMembers(path.id, query);
    return { json: { users: items, nextCursor, total } };
  },
});

const listUserGroups = route({
  method: "GET",
  path: "/users/{id}/groups",
  operationId: "listUserGroups",
  summary: "List the groups that have a user among their own members, by name",
  tag: "Groups",
  access: "bearer",
  query: pageParameters,
  success: { status: 200, description: "A page of groups.", schema: reference("GroupPage") },
  fails: ["UserNotFound"],
  run: async ({ caller, path, query }) => {
    const { items, nextCursor, total } = await caller.groups.listOfUser(path.id, query);
    return { json: { groups: items, nextCursor, total } };
  },
});

/** Groups, their tree and their members. */
export const groupRoutes: readonly Route[] = [
  createGroup,
  listGroups,
  getGroup,
  listGroupAncestors,
  updateGroup,
  moveGroup,
  turn("enable"),
  turn("disable"),
  deleteGroup,
  addGroupMembers,
  removeGroupMembers,
  listGroupMembers,
  listUserGroups,
];
