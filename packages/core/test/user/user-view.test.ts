import { describe, expect, test } from "vitest";
import type { UserFilter, UserSort } from "../../src/index.ts";
import { aScene } from "../authorization/scene.ts";
import { brokenRules, outcome, refusal } from "../instance.ts";

describe("what is seen of a user", () => {
  const publicKeys = ["displayName", "firstName", "id", "lastName", "pictureUrl", "username"];
  const keysOf = (user: object) => Object.keys(user).sort();

  test("others see the public part and not a key more, in every answer", async () => {
    const { target, callers } = await aScene();
    const { other } = callers;
    expect(keysOf(await other.users.get(target.id))).toEqual(publicKeys);
    expect(keysOf(await other.users.findByUsername("target"))).toEqual(publicKeys);
    const listed = (await other.users.list({ filter: { username: "target" } })).items;
    expect(listed.map(keysOf)).toEqual([publicKeys]);
    for await (const user of other.users.stream({ filter: { username: "target" } }))
      expect(keysOf(user)).toEqual(publicKeys);
  });

  test("the user and its owner see everything but privateMetadata; admins and the system see that too", async () => {
    const { muster, target, callers } = await aScene();
    const all = keysOf(await muster.users.get(target.id));
    expect(all).toHaveLength(25);
    expect(keysOf(await callers.admin.users.get(target.id))).toEqual(all);
    for (const caller of [callers.self, callers.owner]) {
      const visible = all.filter((key) => key !== "privateMetadata");
      expect(keysOf(await caller.users.get(target.id))).toEqual(visible);
      expect(keysOf(await caller.users.update(target.id, { lastName: "New" }))).toEqual(visible);
      expect((await caller.users.list({ filter: { username: "target" } })).items.map(keysOf)).toEqual([visible]);
    }
    expect(keysOf(await callers.self.users.profile())).not.toContain("privateMetadata");
  });

  test("who signs up sees themself, without privateMetadata", async () => {
    const { muster } = await aScene();
    const signedUp = await muster.as("anonymous").users.create({ username: "newcomer" });
    expect(signedUp).toMatchObject({ username: "newcomer", role: "user", status: "enabled" });
    expect(signedUp).not.toHaveProperty("privateMetadata");
  });

  test.each(["pending", "disabled", "deleted"] as const)(
    "a user who is %s is in no list, count or stream of others",
    async (status) => {
      const { muster, callers } = await aScene(status);
      const filter: UserFilter = { username: "target" };
      for (const caller of [callers.other, callers.owner, callers.self]) {
        expect((await caller.users.list({ filter })).items).toEqual([]);
        expect((await caller.users.list({ filter: { not: { username: "x" } } })).items).toHaveLength(4);
        expect(await caller.users.count(filter)).toEqual({ count: 0, exact: true });
        expect((await caller.users.list({ filter, total: "exact" })).total).toEqual({ count: 0, exact: true });
        for await (const user of caller.users.stream()) expect(user.username).not.toBe("target");
      }
      expect(await muster.users.count(filter)).toEqual({ count: 1, exact: true });
      expect(await callers.admin.users.count(filter)).toEqual({ count: 1, exact: true });
    },
  );
});

describe("what others may ask for", () => {
  const when = new Date(0);
  const hidden: readonly UserFilter[] = [
    { email: { prefix: "t" } },
    { email: null },
    { emailVerifiedAt: null },
    { phoneNumber: "1" },
    { locale: "en" },
    { tags: { any: ["hidden"] } },
    { metadata: { m: 1 } },
    { privateMetadata: { p: 1 } },
    { role: "admin" },
    { status: "enabled" },
    { ownerId: "x" },
    { updatedBy: null },
    { createdAt: { after: when } },
    { updatedAt: { after: when } },
    { deletedAt: null },
    { firstLoginAt: null },
    { lastLoginAt: { before: when } },
    { version: 1 },
    { loginCount: 0 },
  ];

  test.each(hidden)("a condition on what they cannot see is Forbidden, at any depth: %j", async (filter) => {
    const { callers } = await aScene();
    const [field = ""] = Object.keys(filter);
    for (const nested of [
      filter,
      { not: filter },
      { or: [{ username: "x" }, filter] },
      { and: [{ not: { or: [filter] } }] },
    ]) {
      for (const caller of [callers.other, callers.owner, callers.self]) {
        expect(await refusal(caller.users.list({ filter: nested }))).toMatchObject({
          _tag: "Forbidden",
          operation: `users.filter.${field}`,
        });
        expect(await outcome(caller.users.count(nested))).toBe("Forbidden");
        expect(await outcome(caller.users.stream({ filter: nested })[Symbol.asyncIterator]().next())).toBe("Forbidden");
      }
      expect(await outcome(callers.admin.users.list({ filter: nested }))).toBe("ok");
    }
  });

  test.each(["createdAt", "updatedAt", "email", "lastLoginAt", "-email"] as const)(
    "the order by %s is Forbidden",
    async (sort: UserSort) => {
      const { callers } = await aScene();
      expect(await refusal(callers.other.users.list({ sort }))).toMatchObject({
        operation: `users.sort.${sort.replace("-", "")}`,
      });
      expect(await outcome(callers.admin.users.list({ sort }))).toBe("ok");
    },
  );

  test("what everybody may see can be filtered and sorted by", async () => {
    const { target, callers } = await aScene();
    const filter: UserFilter = {
      id: target.id,
      username: "target",
      firstName: { contains: "ar" },
      lastName: null,
      displayName: null,
      pictureUrl: null,
    };
    for (const sort of ["username", "-firstName", "lastName"] as const) {
      expect((await callers.other.users.list({ filter, sort })).items).toHaveLength(1);
    }
  });

  test("a search by others looks into names, not into emails", async () => {
    const { callers } = await aScene();
    const search = "x.example";
    expect((await callers.admin.users.list({ filter: { search } })).items).toHaveLength(1);
    for (const caller of [callers.other, callers.self, callers.owner])
      expect((await caller.users.list({ filter: { search } })).items).toEqual([]);
    expect((await callers.other.users.list({ filter: { search: "TARA" } })).items).toHaveLength(1);
  });

  test("a filter that is wrong says so before it says what is hidden", async () => {
    const { callers } = await aScene();
    expect(await brokenRules(callers.other.users.list({ filter: { email: 7, nope: 1 } as never }))).toContain(
      "filter.nope: unknown_field",
    );
  });
});
