import { expect, test } from "vitest";
import type { Answer, CallInput } from "./document-client.ts";
import { password } from "./site.ts";

/** What the tests find: an admin, and a site that declares the permissions edit and view on locations. */
export interface Surroundings {
  readonly call: (operation: string, status: number, input?: CallInput) => Promise<Answer>;
  readonly login: (name: string) => Promise<Answer["body"]>;
  readonly admin: () => string;
}

/** Drives the routes of groups and grants. */
export const accessTests = ({ call, login, admin }: Surroundings): void => {
  const on = (resourceId: string, permission = "view") => ({ resourceType: "location", resourceId, permission });

  test("groups are made, moved, listed and removed", async () => {
    const token = admin();
    const top = await call("createGroup", 201, { token, body: { id: "top", name: "Top" } });
    expect([top.headers.get("location"), top.headers.get("etag")]).toEqual(["/api/groups/top", '"1"']);
    await call("createGroup", 409, { token, body: { id: "top", name: "Top" } });
    await call("createGroup", 404, { token, body: { name: "Lost", parentId: "nowhere" } });
    await call("createGroup", 400, { token, body: { name: "", colour: "blue" } });
    await call("createGroup", 201, { token, body: { id: "blue", name: "Blue", metadata: { floor: 3 } } });
    const blue = { token, path: { id: "blue" } };
    expect((await call("moveGroup", 200, { ...blue, body: { parentId: "top" } })).body.parentId).toBe("top");
    const cycle = await call("moveGroup", 409, { token, path: { id: "top" }, body: { parentId: "blue" } });
    expect(cycle.body.code).toBe("group_cycle");
    const above = await call("listGroupAncestors", 200, blue);
    expect(above.body.groups.map(({ id }: { id: string }) => id)).toEqual(["top"]);
    const below = await call("listGroups", 200, { token, query: "?parentId=top&total=exact" });
    expect([below.body.groups.length, below.body.total.count]).toEqual([1, 1]);
    const highest = await call("listGroups", 200, { token, query: "?top=true&status=enabled&limit=1" });
    expect([highest.body.groups[0].id, highest.body.nextCursor]).toEqual(["top", null]);
    const stale = { ...blue, headers: { "If-Match": '"1"' } };
    await call("updateGroup", 412, { ...stale, body: { name: "Red" } });
    expect((await call("updateGroup", 200, { ...blue, body: { name: "Red" } })).body.name).toBe("Red");
    expect((await call("disableGroup", 200, blue)).body.status).toBe("disabled");
    expect((await call("enableGroup", 200, blue)).headers.get("etag")).toBe('"5"');
    expect((await call("getGroup", 200, blue)).body).toMatchObject({ metadata: { floor: 3 }, version: 5 });
    await call("deleteGroup", 412, stale);
    await call("deleteGroup", 204, { token, path: { id: "top" } });
    await call("getGroup", 404, { token, path: { id: "top" } });
    expect((await call("getGroup", 200, blue)).body.parentId).toBeNull();
  });

  test("permissions are granted to users and groups, asked for and taken back", async () => {
    const token = admin();
    const made = await call("createUser", 201, { token, body: { username: "granted", password } });
    const userId: string = made.body.id;
    const members = { token, path: { id: "blue" }, body: { userIds: [userId] } };
    expect((await call("addGroupMembers", 200, members)).body).toEqual({ added: 1 });
    await call("addGroupMembers", 404, { ...members, body: { userIds: ["nobody"] } });
    const listed = await call("listGroupMembers", 200, { token, path: { id: "blue" }, query: "?total=exact" });
    expect([listed.body.users[0].id, listed.body.total.count]).toEqual([userId, 1]);
    const grants = [
      { userId, ...on("17", "edit") },
      { groupId: "blue", ...on("18") },
    ];
    expect((await call("setGrants", 200, { token, body: { grants } })).body).toEqual({ added: 2 });
    await call("setGrants", 400, { token, body: { grants: [{ userId, ...on("17", "fly") }] } });
    await call("setGrants", 404, { token, body: { grants: [{ groupId: "nowhere", ...on("17") }] } });

    const own = (await login("granted")).accessToken;
    const me = { token: own, path: { id: "me" } };
    expect((await call("listUserGroups", 200, me)).body.groups[0].id).toBe("blue");
    expect((await call("listUserGrants", 200, me)).body.grants).toEqual([grants[0]]);
    const questions = [on("17"), on("18"), on("18", "edit")];
    expect((await call("checkGrants", 200, { ...me, body: { questions } })).body.allowed).toEqual([true, true, false]);
    const query = "?resourceType=location&permission=view";
    expect((await call("listUserResources", 200, { ...me, query })).body.resourceIds).toEqual(["17", "18"]);
    const rest = await call("listUserResources", 200, { ...me, query: `${query}&after=17&limit=1` });
    expect(rest.body.resourceIds).toEqual(["18"]);
    await call("listUserResources", 400, me);
    await call("setGrants", 403, { token: own, body: { grants } });
    await call("getGroup", 403, { token: own, path: { id: "blue" } });
    await call("listGrants", 401);

    const onIt = await call("listGrants", 200, { token, query: "?resourceType=location&resourceId=18" });
    expect(onIt.body.grants).toEqual([grants[1]]);
    await call("listGrants", 400, { token });
    expect((await call("listGroupGrants", 200, { token, path: { id: "blue" } })).body.grants).toEqual([grants[1]]);
    expect((await call("removeGrants", 200, { token, body: { grants } })).body).toEqual({ removed: 2 });
    expect((await call("removeGroupMembers", 200, members)).body).toEqual({ removed: 1 });
    expect((await call("checkGrants", 200, { ...me, body: { questions } })).body.allowed).toEqual([
      false,
      false,
      false,
    ]);
  });
};
