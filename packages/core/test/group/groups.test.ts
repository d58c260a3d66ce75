import { describe, expect, test } from "vitest";
import type { Group, Muster } from "../../src/index.ts";
import { actingAs, anInstance, aPerson, brokenRules, events, outcome, refusal } from "../instance.ts";

const chain = async (muster: Muster, names: readonly string[]): Promise<readonly Group[]> => {
  const groups: Group[] = [];
  for (const name of names) {
    groups.push(await muster.groups.create({ name, parentId: groups.at(-1)?.id ?? null }));
  }
  return groups;
};

const names = ({ items }: { readonly items: readonly Group[] }) => items.map(({ name }) => name);

describe("groups", () => {
  test("are created, read, changed and deleted, each change by version and with its event", async () => {
    const muster = await anInstance();
    const given = { id: "blue", name: "Blue", description: "Third floor", metadata: { floor: 3 } };
    const blue = await muster.groups.create(given);
    expect(blue).toMatchObject({ ...given, parentId: null, status: "enabled", updatedAt: null, version: 1 });
    expect(await muster.groups.get("blue")).toEqual(blue);
    const renamed = await muster.groups.update("blue", { name: "Azure", description: null }, { version: 1 });
    expect(renamed).toMatchObject({ name: "Azure", description: null, metadata: { floor: 3 }, version: 2 });
    expect(await muster.groups.update("blue", { name: "Azure" })).toEqual(renamed);
    expect(await outcome(muster.groups.update("blue", { name: "Sky" }, { version: 1 }))).toBe("VersionMismatch");
    expect(await outcome(muster.groups.create(given))).toBe("GroupIdTaken");
    expect((await muster.groups.disable("blue")).status).toBe("disabled");
    expect((await muster.groups.enable("blue")).version).toBe(4);
    expect(await outcome(muster.groups.delete("blue", { version: 3 }))).toBe("VersionMismatch");
    await muster.groups.delete("blue");
    expect(await outcome(muster.groups.get("blue"))).toBe("GroupNotFound");
    expect(await outcome(muster.groups.delete("blue"))).toBe("GroupNotFound");
    expect((await events(muster)).map(({ type, userId, changes }) => [type, userId, ...changes]).reverse()).toEqual([
      ["group.created", "blue"],
      ["group.updated", "blue", "name", "description"],
      ["group.disabled", "blue", "status"],
      ["group.enabled", "blue", "status"],
      ["group.deleted", "blue"],
    ]);
  });

  test("stand below each other, no more than 20 levels deep unless configured", async () => {
    const muster = await anInstance();
    const groups = await chain(
      muster,
      Array.from({ length: 20 }, (_, level) => `level ${level + 1}`),
    );
    const [top, bottom] = [groups[0]?.id ?? "", groups.at(-1)?.id ?? ""];
    const error = await refusal(muster.groups.create({ name: "too deep", parentId: bottom }));
    expect(error).toMatchObject({ _tag: "GroupTooDeep", maximumDepth: 20 });
    const above = await muster.groups.create({ name: "above" });
    expect(await outcome(muster.groups.move(top, above.id))).toBe("GroupTooDeep");
    expect((await muster.groups.listAncestors(bottom)).map(({ name }) => name).slice(-2)).toEqual([
      "level 2",
      "level 1",
    ]);
    const flat = await anInstance({ groups: { maximumDepth: 1 } });
    const [alone] = await chain(flat, ["alone"]);
    expect(await outcome(flat.groups.create({ name: "below", parentId: alone?.id ?? "" }))).toBe("GroupTooDeep");
  });

  test("do not go round in circles, nor below what is not there", async () => {
    const muster = await anInstance();
    const [top, middle, bottom] = (await chain(muster, ["top", "middle", "bottom"])).map(({ id }) => id) as [
      string,
      string,
      string,
    ];
    for (const parent of [top, middle, bottom])
      expect(await outcome(muster.groups.move(top, parent))).toBe("GroupCycle");
    expect(await outcome(muster.groups.move(top, "nowhere"))).toBe("GroupNotFound");
    expect(await outcome(muster.groups.create({ name: "x", parentId: "nowhere" }))).toBe("GroupNotFound");
    expect(await muster.groups.move(bottom, top)).toMatchObject({ parentId: top, version: 2 });
    expect(await outcome(muster.groups.move(middle, bottom, { version: 1 }))).toBe("ok");
    expect((await muster.groups.listAncestors(middle)).map(({ id }) => id)).toEqual([bottom, top]);
  });

  test("leave their children at the top when they go", async () => {
    const muster = await anInstance();
    const [, middle, bottom] = await chain(muster, ["top", "middle", "bottom"]);
    await muster.groups.delete(middle?.id ?? "");
    expect(await muster.groups.get(bottom?.id ?? "")).toMatchObject({ parentId: null, version: 2 });
    expect(names(await muster.groups.list({ parentId: null }))).toEqual(["bottom", "top"]);
  });

  test("are listed by name, page by page, with totals", async () => {
    const muster = await anInstance();
    const parent = await muster.groups.create({ name: "parent" });
    for (const name of ["delta", "Alpha", "charlie", "Bravo"])
      await muster.groups.create({ name, parentId: parent.id });
    const first = await muster.groups.list({ parentId: parent.id, limit: 3, total: "exact" });
    expect(names(first)).toEqual(["Alpha", "Bravo", "charlie"]);
    expect(first.total).toEqual({ count: 4, exact: true });
    const cursor = first.nextCursor ?? "";
    const second = await muster.groups.list({ parentId: parent.id, limit: 3, cursor });
    expect([names(second), second.nextCursor, second.total]).toEqual([["delta"], null, null]);
    expect(await brokenRules(muster.groups.list({ cursor }))).toEqual(["cursor: cursor"]);
    expect((await muster.groups.list({ total: "capped" })).total).toEqual({ count: 5, exact: true });
  });

  test("belong to a tenant", async () => {
    const muster = await anInstance();
    const group = await muster.groups.create({ name: "blue" });
    const acme = muster.tenant("acme");
    expect(await outcome(acme.groups.get(group.id))).toBe("GroupNotFound");
    expect(await outcome(acme.groups.create({ name: "below", parentId: group.id }))).toBe("GroupNotFound");
    expect(await outcome(acme.groups.delete(group.id))).toBe("GroupNotFound");
    expect((await acme.groups.list()).items).toEqual([]);
  });

  test("refuse what breaks a rule", async () => {
    const muster = await anInstance();
    expect(await brokenRules(muster.groups.create({ id: "no id", name: "", description: "" }))).toEqual([
      "id: group_id",
      "name: length",
      "description: length",
    ]);
    expect(await brokenRules(muster.groups.create({ name: "two\nlines", status: "disabled" } as never))).toEqual([
      "status: unknown_key",
      "name: control_character",
    ]);
    const refused = { _tag: "InvalidConfiguration" };
    await expect(anInstance({ groups: { maximumDepth: 0 } })).rejects.toMatchObject(refused);
    await expect(anInstance({ groups: { depth: 3 } as never })).rejects.toMatchObject(refused);
  });
});

describe("members", () => {
  test("are added and removed many at a time, listed, counted, and told of one by one", async () => {
    const muster = await anInstance();
    const { id } = await muster.groups.create({ name: "blue" });
    const people = [await aPerson(muster), await aPerson(muster), await aPerson(muster)];
    const [jane, john, joan] = people.map((person) => person.id).sort() as [string, string, string];
    expect(await muster.groups.addMembers(id, [jane, john, jane])).toBe(2);
    expect(await muster.groups.addMembers(id, [john, joan])).toBe(1);
    const page = await muster.groups.listMembers(id, { limit: 2, total: "exact" });
    expect([page.items.map((user) => user.id), page.total?.count]).toEqual([[jane, john], 3]);
    const rest = await muster.groups.listMembers(id, { limit: 2, cursor: page.nextCursor ?? "" });
    expect([rest.items.map((user) => user.id), rest.nextCursor]).toEqual([[joan], null]);
    expect(await muster.groups.removeMembers(id, [jane, "nobody"])).toBe(1);
    expect((await muster.groups.listOfUser(jane)).items).toEqual([]);
    expect(names(await muster.groups.listOfUser(john, { total: "exact" }))).toEqual(["blue"]);
    const told = (await events(muster)).filter(({ type }) => type.startsWith("membership"));
    expect(told.map(({ type, userId, changes }) => [type, userId, ...changes]).reverse()).toEqual([
      ["membership.added", jane, id],
      ["membership.added", john, id],
      ["membership.added", joan, id],
      ["membership.removed", jane, id],
    ]);
  });

  test("who are not all there are not added at all", async () => {
    const muster = await anInstance();
    const { id } = await muster.groups.create({ name: "blue" });
    const jane = await aPerson(muster);
    expect(await outcome(muster.groups.addMembers(id, [jane.id, "nobody"]))).toBe("UserNotFound");
    expect(await outcome(muster.groups.addMembers("nowhere", [jane.id]))).toBe("GroupNotFound");
    expect(await brokenRules(muster.groups.addMembers(id, []))).toEqual(["userIds: max_items"]);
    expect((await muster.groups.listMembers(id)).items).toEqual([]);
    const elsewhere = muster.tenant("acme");
    expect(await outcome(elsewhere.groups.addMembers(id, [jane.id]))).toBe("GroupNotFound");
  });

  test("leave with their account", async () => {
    const muster = await anInstance();
    const { id } = await muster.groups.create({ name: "blue" });
    const jane = await aPerson(muster);
    await muster.groups.addMembers(id, [jane.id]);
    await muster.users.delete(jane.id);
    expect((await muster.groups.listMembers(id)).items).toHaveLength(1);
    await muster.users.purge(jane.id);
    expect((await muster.groups.listMembers(id)).items).toEqual([]);
  });

  test("see their own groups and nobody else's", async () => {
    const muster = await anInstance();
    const { id } = await muster.groups.create({ name: "blue" });
    const [jane, john] = [await aPerson(muster), await aPerson(muster)];
    await muster.groups.addMembers(id, [jane.id]);
    const asJane = actingAs(muster, jane);
    expect(names(await asJane.groups.listOfUser(jane.id))).toEqual(["blue"]);
    for (const call of [
      asJane.groups.listOfUser(john.id),
      asJane.groups.listOfUser("nobody"),
      asJane.groups.get(id),
      asJane.groups.listMembers(id),
      asJane.groups.addMembers(id, [john.id]),
    ]) {
      expect(await outcome(call)).toBe("Forbidden");
    }
  });
});
