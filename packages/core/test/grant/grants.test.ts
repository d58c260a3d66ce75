import { describe, expect, test } from "vitest";
import type { Grant } from "../../src/index.ts";
import { actingAs, anInstance, aPerson, brokenRules, events, outcome } from "../instance.ts";

const permissions = { location: { own: ["edit"], edit: ["view"], view: [] }, thing: { view: [] } };
const on = (resourceId: string, permission = "view", resourceType = "location") => ({
  resourceType,
  resourceId,
  permission,
});

describe("grants", () => {
  test("are set at once, all or none, however often", async () => {
    const muster = await anInstance({ permissions });
    const jane = await aPerson(muster);
    const { id: groupId } = await muster.groups.create({ name: "blue" });
    const wanted: readonly Grant[] = [
      { userId: jane.id, ...on("17") },
      { userId: jane.id, ...on("18", "edit") },
      { groupId, ...on("17", "edit") },
    ];
    expect(await muster.grants.set(wanted)).toBe(3);
    expect(await muster.grants.set(wanted)).toBe(0);
    expect(
      await outcome(
        muster.grants.set([
          { userId: jane.id, ...on("19") },
          { userId: "nobody", ...on("19") },
        ]),
      ),
    ).toBe("UserNotFound");
    expect(
      await outcome(
        muster.grants.set([
          { userId: jane.id, ...on("19") },
          { groupId: "none", ...on("19") },
        ]),
      ),
    ).toBe("GroupNotFound");
    expect(await muster.grants.check(jane.id, on("19"))).toBe(false);
    expect((await muster.grants.listOfUser(jane.id)).items).toEqual(wanted.slice(0, 2));
    expect((await muster.grants.listOfGroup(groupId)).items).toEqual(wanted.slice(2));
    expect((await muster.grants.listOn({ resourceType: "location", resourceId: "17" })).items).toEqual([
      wanted[2],
      wanted[0],
    ]);
    expect(await muster.grants.remove([...wanted.slice(1), { userId: "nobody", ...on("1") }])).toBe(2);
    const told = (await events(muster)).filter(({ type }) => type.includes("grant"));
    expect(told.map(({ type, userId, changes }) => [type, userId, ...changes]).reverse()).toEqual([
      ["grant.added", jane.id, "view location 17", "edit location 18"],
      ["group.grant_added", groupId, "edit location 17"],
      ["grant.removed", jane.id, "edit location 18"],
      ["group.grant_removed", groupId, "edit location 17"],
    ]);
  });

  test("imply what their permission implies, and what that implies", async () => {
    const muster = await anInstance({ permissions });
    const jane = await aPerson(muster);
    await muster.grants.set([
      { userId: jane.id, ...on("1", "own") },
      { userId: jane.id, ...on("2") },
    ]);
    const asked = [on("1"), on("1", "edit"), on("1", "own"), on("2"), on("2", "edit"), on("1", "view", "thing")];
    const answers = [true, true, true, true, false, false];
    expect(await muster.grants.checkMany(jane.id, asked)).toEqual(answers);
    expect(await Promise.all(asked.map((question) => muster.grants.check(jane.id, question)))).toEqual(answers);
    const list = (permission: string) =>
      muster.grants.listResources({ userId: jane.id, permission, resourceType: "location" });
    expect(await list("view")).toEqual(["1", "2"]);
    expect(await list("edit")).toEqual(["1"]);
  });

  test("to a group count for its members and for members of groups below it", async () => {
    const muster = await anInstance({ permissions });
    const [lead, hand] = [await aPerson(muster), await aPerson(muster)];
    const all = await muster.groups.create({ name: "all" });
    const some = await muster.groups.create({ name: "some", parentId: all.id });
    await muster.groups.addMembers(all.id, [lead.id]);
    await muster.groups.addMembers(some.id, [hand.id]);
    await muster.grants.set([
      { groupId: all.id, ...on("all") },
      { groupId: some.id, ...on("some", "edit") },
    ]);
    const may = (id: string) =>
      muster.grants.listResources({ userId: id, permission: "view", resourceType: "location" });
    expect([await may(lead.id), await may(hand.id)]).toEqual([["all"], ["all", "some"]]);
    await muster.groups.disable(some.id);
    expect(await may(hand.id)).toEqual([]);
    await muster.groups.enable(some.id);
    await muster.groups.move(some.id, null);
    expect(await may(hand.id)).toEqual(["some"]);
    await muster.groups.delete(some.id);
    expect(await may(hand.id)).toEqual([]);
  });

  test("count for nothing while their user is not enabled, and are gone with the user", async () => {
    const muster = await anInstance({ permissions });
    const jane = await aPerson(muster);
    await muster.grants.set([{ userId: jane.id, ...on("1") }]);
    await muster.users.disable(jane.id);
    expect(await muster.grants.check(jane.id, on("1"))).toBe(false);
    expect(await muster.grants.checkMany(jane.id, [on("1")])).toEqual([false]);
    expect((await muster.grants.listOfUser(jane.id)).items).toHaveLength(1);
    await muster.users.enable(jane.id);
    expect(await muster.grants.check(jane.id, on("1"))).toBe(true);
    await muster.users.delete(jane.id);
    await muster.users.purge(jane.id);
    expect((await muster.grants.listOn({ resourceType: "location", resourceId: "1" })).items).toEqual([]);
  });

  test("are walked by page, and resources by the last id", async () => {
    const muster = await anInstance({ permissions });
    const jane = await aPerson(muster);
    const ids = Array.from({ length: 7 }, (_, index) => `r${index}`);
    await muster.grants.set(
      ids.flatMap((id) => [
        { userId: jane.id, ...on(id) },
        { userId: jane.id, ...on(id, "edit") },
      ]),
    );
    const seen: string[] = [];
    let page = await muster.grants.listOfUser(jane.id, { limit: 5 });
    while (true) {
      seen.push(...page.items.map((grant) => `${grant.resourceId} ${grant.permission}`));
      if (page.nextCursor === null) break;
      page = await muster.grants.listOfUser(jane.id, { limit: 5, cursor: page.nextCursor });
    }
    expect(seen).toEqual(ids.flatMap((id) => [`${id} edit`, `${id} view`]));
    const query = { userId: jane.id, permission: "view", resourceType: "location", limit: 4 };
    const first = await muster.grants.listResources(query);
    expect(first).toEqual(ids.slice(0, 4));
    expect(await muster.grants.listResources({ ...query, after: first.at(-1) ?? "" })).toEqual(ids.slice(4));
  });

  test("are of declared types and permissions only, to one user or one group", async () => {
    const muster = await anInstance({ permissions });
    const jane = await aPerson(muster);
    const odd = [
      { userId: jane.id, ...on("1", "fly") },
      { userId: jane.id, ...on("1", "view", "planet") },
      { userId: jane.id, groupId: "blue", ...on("1") },
      on("1"),
    ] as readonly Grant[];
    expect(await brokenRules(muster.grants.set(odd))).toEqual([
      "grants.0.permission: unknown_permission",
      "grants.1.resourceType: unknown_resource_type",
      "grants.2: one_grantee",
      "grants.3: one_grantee",
    ]);
    expect(await brokenRules(muster.grants.check(jane.id, on("1", "__proto__")))).toEqual([
      "questions.0.permission: unknown_permission",
    ]);
    expect(await brokenRules(muster.grants.set([{ userId: jane.id, ...on("no id") }]))).toEqual([
      "grants.0.resourceId: word",
    ]);
    expect(await brokenRules(muster.grants.set([]))).toEqual(["grants: max_items"]);
    const bare = await anInstance();
    expect(await outcome(bare.grants.check("jane", on("1")))).toBe("InvalidInput");
  });

  test("answer people about themselves, and of one tenant", async () => {
    const muster = await anInstance({ permissions });
    const [jane, john] = [await aPerson(muster), await aPerson(muster)];
    await muster.grants.set([{ userId: jane.id, ...on("1") }]);
    const asJane = actingAs(muster, jane);
    expect(await asJane.grants.check(jane.id, on("1"))).toBe(true);
    expect((await asJane.grants.listOfUser(jane.id)).items).toHaveLength(1);
    for (const call of [
      asJane.grants.check(john.id, on("1")),
      asJane.grants.listResources({ userId: john.id, permission: "view", resourceType: "location" }),
      asJane.grants.set([{ userId: jane.id, ...on("2") }]),
      asJane.grants.listOn({ resourceType: "location", resourceId: "1" }),
    ]) {
      expect(await outcome(call)).toBe("Forbidden");
    }
    const acme = muster.tenant("acme");
    expect(await acme.grants.check(jane.id, on("1"))).toBe(false);
    expect(await outcome(acme.grants.set([{ userId: jane.id, ...on("1") }]))).toBe("UserNotFound");
    expect(await outcome(acme.grants.listOfUser(jane.id))).toBe("UserNotFound");
  });
});

describe("a table of permissions", () => {
  const refused = (table: unknown) =>
    anInstance({ permissions: table as never }).catch((error: Error) => error.message);

  test.each([
    ["implies what is not declared", { location: { edit: ["view"] } }, "implies 'view', which is not declared"],
    ["goes round in a circle", { location: { a: ["b"], b: ["c"], c: ["a"] } }, "circle: a, b, c, a"],
    ["implies itself", { location: { a: ["a"] } }, "circle: a, a"],
    ["has names that are none", { "my location": {} }, "is no name"],
    ["has permissions that are none", { location: { "to view": [] } }, "is no name"],
    ["is no table", { location: "view" }, "must be an object"],
    ["implies no array", { location: { view: "edit" } }, "must be an array"],
  ])("is refused when it %s", async (_, table, reason) => {
    expect(await refused(table)).toContain(reason);
  });
});
