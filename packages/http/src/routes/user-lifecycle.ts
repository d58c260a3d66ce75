import { type IfVersion, type MusterError, type Operations, Unauthenticated, type UserView } from "@muster/core";
import { type Route, route } from "../route.ts";
import { userReply, userSuccess } from "./users.ts";

type Users = Operations<UserView, never>["users"];

const deleteUser = route({
  method: "DELETE",
  path: "/users/{id}",
  operationId: "deleteUser",
  summary: "Delete a user; it can be restored until it is purged",
  tag: "Users",
  access: "bearer",
  guarded: true,
  success: userSuccess("The user, deleted; all its sessions have ended."),
  fails: ["UserNotFound", "IllegalTransition", "LastAdmin"],
  run: async ({ caller, path, ifVersion }) => userReply(await caller.users.delete(path.id, ifVersion)),
});

const deleteProfile = route({
  method: "DELETE",
  path: "/users/me",
  operationId: "deleteProfile",
  summary: "Delete the caller; an admin can restore it until it is purged",
  tag: "Users",
  access: "bearer",
  guarded: true,
  success: userSuccess("The user, deleted; all its sessions have ended."),
  fails: ["UserNotFound", "IllegalTransition", "LastAdmin"],
  run: async ({ caller, principal, ifVersion }) => {
    if (principal === undefined) throw new Unauthenticated();
    return userReply(await caller.users.delete(principal.userId, ifVersion));
  },
});

const step = (
  verb: "enable" | "disable" | "restore",
  summary: string,
  fails: readonly MusterError["_tag"][],
  take: (users: Users) => (id: string, ifVersion?: IfVersion) => Promise<UserView>,
): Route =>
  route({
    method: "POST",
    path: `/users/{id}/${verb}`,
    operationId: `${verb}User`,
    summary,
    tag: "Users",
    access: "bearer",
    guarded: true,
    success: userSuccess("The user as it is now."),
    fails: ["UserNotFound", "IllegalTransition", ...fails],
    run: async ({ caller, path, ifVersion }) => userReply(await take(caller.users)(path.id, ifVersion)),
  });

const purgeUser = route({
  method: "POST",
  path: "/users/{id}/purge",
  operationId: "purgeUser",
  summary: "Remove a deleted user for good",
  tag: "Users",
  access: "bearer",
  guarded: true,
  success: { status: 204, description: "Gone." },
  fails: ["UserNotFound", "IllegalTransition", "UserReferenced"],
  run: async ({ caller, path, ifVersion }) => {
    await caller.users.purge(path.id, ifVersion);
    return {};
  },
});

const unlockUser = route({
  method: "POST",
  path: "/users/{id}/unlock",
  operationId: "unlockUser",
  summary: "End the waits that failed logins have begun for a user",
  tag: "Users",
  access: "bearer",
  success: { status: 204, description: "Logins by the user's names are looked at again at once, from everywhere." },
  fails: ["UserNotFound"],
  run: async ({ caller, path }) => {
    await caller.users.unlock(path.id);
    return {};
  },
});

/** Users: the moves of the lifecycle. */
export const userLifecycleRoutes: readonly Route[] = [
  deleteProfile,
  deleteUser,
  step("enable", "Let a user log in", [], (users) => users.enable),
  step("disable", "Shut a user out and end all its sessions", ["LastAdmin"], (users) => users.disable),
  step("restore", "Bring a deleted user back, disabled", [], (users) => users.restore),
  unlockUser,
  purgeUser,
];
