import { describe, expect, test } from "vitest";
import { stores } from "../doubles/stores.ts";
import { anInstance, aPerson, brokenRules, outcome, principalOf, refusal } from "../instance.ts";

const password = "correct horse battery";

describe.each(stores)("tenants in the $name store", ({ open }) => {
  test("hold the same names and the same ids apart", async () => {
    const muster = await anInstance({ store: open() });
    const acme = muster.tenant("acme");
    const given = { id: "one-id", username: "jane", email: "jane@x.example" };
    await muster.users.create({ ...given, firstName: "Default" });
    await acme.users.create({ ...given, firstName: "Acme" });
    expect(await muster.users.get("one-id")).toMatchObject({ firstName: "Default" });
    expect(await acme.users.findByUsername("JANE")).toMatchObject({ firstName: "Acme" });
    expect(await outcome(acme.users.create({ username: "x", email: "jane@x.example" }))).toBe("EmailTaken");
    await acme.users.update("one-id", { firstName: "Changed" });
    await acme.users.delete("one-id");
    await acme.users.purge("one-id");
    expect(await muster.users.get("one-id")).toMatchObject({ firstName: "Default", version: 1, status: "enabled" });
  });

  test("do not see each other", async () => {
    const muster = await anInstance({ store: open() });
    const acme = muster.tenant("acme");
    const { id } = await muster.users.create({ username: "jane", email: "jane@x.example", password });
    await muster.sessions.login({ login: "jane", password });
    const calls = [
      () => acme.users.get(id),
      () => acme.users.findByUsername("jane"),
      () => acme.users.findByEmail("jane@x.example"),
      () => acme.users.update(id, { firstName: "x" }),
      () => acme.users.disable(id),
      () => acme.users.setPassword(id, password),
    ];
    for (const call of calls) expect(await outcome(call())).toBe("UserNotFound");
    expect((await acme.users.list()).items).toEqual([]);
    expect(await acme.users.count()).toEqual({ count: 0, exact: true });
    expect(await acme.sessions.list(id)).toEqual([]);
    expect(await acme.sessions.revokeAll(id)).toBe(0);
    expect(await outcome(acme.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
    expect((await acme.audit.list()).items).toEqual([]);
  });

  test("take no tokens of each other, remembered ones neither", async () => {
    const muster = await anInstance({ store: open() });
    const acme = muster.tenant("acme");
    await muster.users.create({ id: "one-id", username: "jane", password });
    await acme.users.create({ id: "one-id", username: "jane", password });
    const session = await muster.sessions.login({ login: "jane", password });
    expect(await outcome(acme.sessions.authenticate(session.accessToken))).toBe("InvalidToken");
    expect(await muster.sessions.authenticate(session.accessToken)).toMatchObject({
      tenant: "default",
      userId: "one-id",
    });
    expect(await outcome(acme.sessions.authenticate(session.accessToken))).toBe("InvalidToken");
    expect(await outcome(acme.sessions.refresh(session.refreshToken))).toBe("InvalidRefreshToken");
    expect(await outcome(acme.sessions.revoke(session.sessionId))).toBe("SessionNotFound");
    expect(await outcome(muster.sessions.refresh(session.refreshToken))).toBe("ok");
  });
});

describe("a tenant's name", () => {
  test.each(["a", "0", "acme", "acme.example", "a_b-c.d", "x".repeat(64), "default"])("%s is one", async (name) => {
    const muster = await anInstance();
    expect(await outcome(muster.tenant(name).users.create({ username: "jane" }))).toBe("ok");
  });

  test.each([
    "",
    "A",
    "a b",
    "-a",
    "a-",
    ".",
    "a/b",
    "a\u0000",
    "a\n",
    "é",
    "x".repeat(65),
    undefined,
    null,
    7,
    ["acme"],
    {},
  ])("%j is none", async (name) => {
    const muster = await anInstance();
    expect(() => muster.tenant(name as string)).toThrow(
      expect.objectContaining({ _tag: "InvalidInput", issues: [expect.objectContaining({ field: "tenant" })] }),
    );
    expect(() => muster.effect.tenant(name as string)).toThrow(expect.objectContaining({ _tag: "InvalidInput" }));
  });

  test("default is the tenant that has no name", async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster);
    expect(await muster.tenant("default").users.get(id)).toMatchObject({ id });
    expect(await muster.tenant("acme").tenant("default").users.get(id)).toMatchObject({ id });
  });
});

describe("bindings", () => {
  test("a principal acts in its own tenant, wherever it is bound", async () => {
    const muster = await anInstance();
    const acme = muster.tenant("acme");
    const boss = await acme.users.create({ username: "boss", role: "admin" });
    const principal = principalOf(boss, "acme");
    for (const bound of [
      muster.as(principal),
      acme.as(principal),
      muster.tenant("other").as(principal),
      muster.as("anonymous").as(principal),
    ]) {
      expect(await bound.users.profile()).toMatchObject({ id: boss.id });
    }
    expect(await muster.as(principal).tenant("acme").users.profile()).toMatchObject({ id: boss.id });
  });

  test("a principal cannot be taken to another tenant: an admin of one is nobody in the other", async () => {
    const muster = await anInstance();
    const boss = await muster.tenant("acme").users.create({ username: "boss", role: "admin" });
    for (const side of [muster, muster.effect]) {
      expect(() => side.as(principalOf(boss, "acme")).tenant("default")).toThrow(
        expect.objectContaining({ _tag: "Forbidden" }),
      );
    }
  });

  test("leave what they were made from as it was", async () => {
    const muster = await anInstance();
    const jane = await aPerson(muster);
    const as = muster.as(principalOf(jane));
    expect([muster.tenant("acme"), muster.as("anonymous")]).toHaveLength(2);
    expect(await muster.users.get(jane.id)).toHaveProperty("privateMetadata");
    expect(await as.users.get(jane.id)).not.toHaveProperty("privateMetadata");
    expect(await outcome(as.as("anonymous").users.get(jane.id))).toBe("Unauthenticated");
  });

  test("operations can be taken out of their group and passed on", async () => {
    const muster = await anInstance();
    const { create, get } = muster.users;
    const people = await Promise.all(["a", "b"].map((username) => create({ username })));
    expect(await Promise.all(people.map(({ id }) => id).map(get))).toEqual(people);
    expect(
      await brokenRules(
        Promise.all(
          people.map(({ id }) => id).map(muster.users.disable as (id: string, index: unknown) => Promise<unknown>),
        ),
      ),
    ).toEqual([": type"]);
  });

  test("the in-memory store has no transactions of a host to work within", async () => {
    const muster = await anInstance();
    expect(() => muster.within(undefined as never)).toThrow("no host transactions");
  });
});

test("errors say what to do, and carry no stack of ours in what they show", async () => {
  const muster = await anInstance();
  const error = await refusal(muster.users.get("nobody"));
  expect(error).toBeInstanceOf(Error);
  expect({ code: error.code, message: error.message }).toEqual({ code: "user_not_found", message: "No such user." });
  expect(JSON.stringify(error)).not.toContain("node_modules");
});
