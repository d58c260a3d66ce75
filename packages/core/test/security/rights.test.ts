import { describe, expect, it } from "vitest";
import { createMuster } from "../../src/create-muster.ts";
import type { Muster, Operations } from "../../src/muster.ts";
import type { User, UserView } from "../../src/user/user.ts";
import { failureOf, outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";
import { hostile } from "../hostile.ts";

type Bound = Operations<UserView, never>;

const loggedIn = async (muster: Muster, login: string): Promise<Bound> =>
  muster.as(await muster.sessions.authenticate((await muster.sessions.login({ login, password })).accessToken));

describe.each(stores)("published faults of rights and lists, on $name", ({ open }) => {
  const crowd = async () => {
    const muster = await started({ store: open() });
    const people: Record<"root" | "jane" | "joe", User> = {
      root: await muster.users.create({ username: "root", password, role: "admin" }),
      jane: await muster.users.create({ username: "jane", email: "jane@users.example", password }),
      joe: await muster.users.create({ username: "joe", email: "joe@users.example", password }),
    };
    return { muster, ...people, asJane: await loggedIn(muster, "jane"), asRoot: await loggedIn(muster, "root") };
  };

  it("C-24 CVE-2025-61928: who acts is never part of an input", async () => {
    const { muster, jane, joe } = await crowd();
    const anonymous = muster.as("anonymous");
    for (const claim of [{ userId: joe.id }, { actor: { kind: "system" } }, { principal: { userId: joe.id } }]) {
      const given = { username: "eve", ...claim };
      expect(await outcomeOf(anonymous.users.create(given))).toBe("InvalidInput");
      expect(await outcomeOf(anonymous.users.update(jane.id, { firstName: "Eve", ...claim }))).not.toBe("success");
      expect(await outcomeOf(anonymous.users.list({ limit: 1, ...claim }))).not.toBe("success");
    }
    expect(await outcomeOf(anonymous.users.profile())).toBe("Unauthenticated");
  });

  it("C-25 CVE-2026-129550, CVE-2026-1492: nobody takes a right at sign-up or by an update of themself", async () => {
    const { muster, asJane, jane } = await crowd();
    const plain = await muster.as("anonymous").users.create({ username: "plain", password });
    const before = await muster.users.get(jane.id);
    let number = 0;
    for (const extra of hostile.create_extra_fields.values) {
      const username = `eve${number++}`;
      const created = await muster
        .as("anonymous")
        .users.create({ username, password, ...extra })
        .catch(() => undefined);
      if (created !== undefined) {
        const { role, status, ownerId, emailVerifiedAt, privateMetadata } = await muster.users.get(created.id);
        expect([role, status, ownerId, emailVerifiedAt, privateMetadata]).toEqual(["user", "enabled", null, null, {}]);
        expect(Object.keys(extra)).toEqual(["metadata"]);
      }
      const updated = await outcomeOf(asJane.users.update(jane.id, extra));
      expect(updated === "success").toBe("metadata" in extra);
    }
    const {
      metadata: _own,
      updatedAt: _at,
      updatedBy: _by,
      version: _version,
      ...rest
    } = await muster.users.get(jane.id);
    expect(before).toMatchObject(rest);
    expect(plain).toMatchObject({ role: "user", status: "enabled" });
  });

  it("C-26 CVE-2026-73303, CVE-2026-5779: nobody changes another account, whatever of it", async () => {
    const { muster, asJane, joe, jane, root } = await crowd();
    const attempts: readonly ((by: Bound, id: string) => Promise<unknown>)[] = [
      (by, id) => by.users.update(id, { firstName: "Eve" }),
      (by, id) => by.users.update(id, { metadata: { a: 1 } }),
      (by, id) => by.users.changeEmail(id, "eve@users.example"),
      (by, id) => by.users.changeUsername(id, "eve"),
      (by, id) => by.users.changeOwner(id, jane.id),
      (by, id) => by.users.replaceTags(id, ["eve"]),
      (by, id) => by.users.setPassword(id, "another horse battery"),
      (by, id) => by.users.setRole(id, "user"),
      (by, id) => by.users.disable(id),
      (by, id) => by.users.enable(id),
      (by, id) => by.users.delete(id),
      (by, id) => by.users.restore(id),
      (by, id) => by.users.purge(id),
      (by, id) => by.sessions.list(id),
      (by, id) => by.sessions.revokeAll(id),
    ];
    const before = await Promise.all([joe.id, root.id].map((id) => muster.users.get(id)));
    for (const attempt of attempts) {
      for (const id of [joe.id, root.id]) {
        expect(await outcomeOf(attempt(asJane, id))).toBe("Forbidden");
        expect(await outcomeOf(attempt(muster.as("anonymous"), id))).toBe("Unauthenticated");
      }
    }
    expect(await Promise.all([joe.id, root.id].map((id) => muster.users.get(id)))).toEqual(before);
  });

  it("C-27 CVE-2025-13881, CVE-2025-14083: hidden fields stay hidden through every answer", async () => {
    const { muster, asJane, joe, jane } = await crowd();
    await muster.users.update(joe.id, { metadata: { secret: 1 }, privateMetadata: { secret: 2 }, firstName: "Joe" });
    await muster.users.update(jane.id, { privateMetadata: { secret: 3 } });
    const fields = ["displayName", "firstName", "id", "lastName", "pictureUrl", "username"];
    const others = [await asJane.users.get(joe.id), await asJane.users.findByUsername("joe")];
    const { items } = await asJane.users.list({ filter: { username: "joe" } });
    const streamed: UserView[] = [];
    for await (const user of asJane.users.stream({ filter: { username: "joe" } })) streamed.push(user);
    for (const view of [...others, ...items, ...streamed]) expect(Object.keys(view).sort()).toEqual(fields);
    expect([others.length, items.length, streamed.length]).toEqual([2, 1, 1]);
    const own = [
      await asJane.users.profile(),
      await asJane.users.get(jane.id),
      await asJane.users.update(jane.id, { lastName: "Doe" }),
      await asJane.users.replaceTags(jane.id, ["a"]),
    ];
    for (const view of own) expect(view).not.toHaveProperty("privateMetadata");
  });

  it("C-28 CVE-2026-9099, CVE-2026-16105: no call raises one's own rights", async () => {
    const { asJane, jane, muster } = await crowd();
    expect(await outcomeOf(asJane.users.setRole(jane.id, "admin"))).toBe("Forbidden");
    expect(await outcomeOf(asJane.users.changeOwner(jane.id, jane.id))).toBe("Forbidden");
    expect(await outcomeOf(asJane.users.enable(jane.id))).toBe("Forbidden");
    expect((await muster.users.get(jane.id)).role).toBe("user");
  });

  it("C-28 CVE-2026-9099: two admins who demote each other at once leave one", async () => {
    for (let round = 0; round < 10; round++) {
      const muster = await started({ store: open() });
      const one = await muster.users.create({ username: "one", password, role: "admin" });
      const two = await muster.users.create({ username: "two", password, role: "admin" });
      const [asOne, asTwo] = [await loggedIn(muster, "one"), await loggedIn(muster, "two")];
      const outcomes = await Promise.all([
        outcomeOf(round % 2 ? asOne.users.setRole(two.id, "user") : asOne.users.disable(two.id)),
        outcomeOf(round % 3 ? asTwo.users.setRole(one.id, "user") : asTwo.users.delete(one.id)),
      ]);
      expect(outcomes.filter((outcome) => outcome === "success")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "LastAdmin")).toHaveLength(1);
      expect(await muster.users.count({ role: "admin", status: "enabled" })).toMatchObject({ count: 1 });
    }
  });

  it("C-42 CVE-2026-40351, CVE-2026-30941: an operator object is no text, wherever a text is asked for", async () => {
    const { muster, asRoot, jane } = await crowd();
    const doors: readonly ((by: Bound | Muster, value: never) => Promise<unknown>)[] = [
      (by, value) => by.sessions.login({ login: value, password }),
      (by, value) => by.sessions.login({ login: "jane", password: value }),
      (by, value) => by.sessions.refresh(value),
      (by, value) => by.sessions.authenticate(value),
      (by, value) => by.sessions.revoke(value),
      (by, value) => by.sessions.revokeAll(value),
      (by, value) => by.users.get(value),
      (by, value) => by.users.findByUsername(value),
      (by, value) => by.users.findByEmail(value),
      (by, value) => by.users.setPassword(jane.id, value),
      (by, value) => by.users.changePassword(password, value),
      (by, value) => by.users.changePassword(value, password),
      (by, value) => by.audit.list({ userId: value }),
      (by, value) => by.users.list({ cursor: value }),
    ];
    for (const value of hostile.json_types.values) {
      for (const [index, enter] of doors.entries()) {
        const outcome = await outcomeOf(enter(asRoot, value as never));
        const absent = value === null && index >= 7 && index <= 8;
        expect(
          absent ? ["UserNotFound"] : ["InvalidInput", "InvalidToken"],
          `${index} ${JSON.stringify(value)}`,
        ).toContain(outcome);
      }
    }
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("success");
  });

  it("C-43 CVE-2023-22894, CVE-2023-34235, CVE-2026-27886: no list tells a hash or a hidden field bit by bit", async () => {
    const { muster, asJane } = await crowd();
    const secret = [
      "password",
      "passwordHash",
      "password_hash",
      "hash",
      "credentials",
      "refreshHash",
      "sessions",
      "__proto__",
    ];
    for (const field of secret) {
      for (const by of [muster, asJane]) {
        const filter = JSON.parse(`{"${field}":{"prefix":"$argon2"}}`) as never;
        expect(await outcomeOf(by.users.list({ filter })), field).toBe("InvalidInput");
        expect(await outcomeOf(by.users.count(filter)), field).toBe("InvalidInput");
        expect(await outcomeOf(by.users.list({ sort: field as never })), field).toBe("InvalidInput");
      }
    }
    for (const filter of [
      { email: "joe@users.example" },
      { email: { prefix: "j" } },
      { not: { or: [{ status: "enabled" as const }] } },
      { role: "admin" as const },
      { metadata: {} },
      { privateMetadata: { secret: 2 } },
      { tags: { none: ["a"] } },
      { loginCount: { after: 0 } },
    ]) {
      expect(await outcomeOf(asJane.users.list({ filter })), JSON.stringify(filter)).toBe("Forbidden");
      expect(await outcomeOf(asJane.users.count(filter))).toBe("Forbidden");
    }
    expect(await outcomeOf(asJane.users.list({ sort: "email" }))).toBe("Forbidden");
    expect((await asJane.users.list({ filter: { search: "users.example" } })).items).toEqual([]);
    expect((await muster.users.list({ filter: { search: "$quick" } })).items).toEqual([]);
  });

  it("C-44 CVE-2026-54335: no input changes a prototype", async () => {
    const { muster, jane, asJane } = await crowd();
    const polluting = ["__proto__", "constructor"].map((key) =>
      JSON.parse(`{"${key}":{"prototype":{"polluted":1},"polluted":1}}`),
    );
    for (const value of polluting) {
      await outcomeOf(muster.users.create({ username: "eve", ...value }));
      await outcomeOf(muster.users.create(value));
      await outcomeOf(asJane.users.update(jane.id, value));
      await outcomeOf(muster.users.list({ filter: value }));
      await outcomeOf(muster.users.list({ filter: { metadata: value } }));
      await outcomeOf(muster.sessions.login(value));
      await asJane.users.update(jane.id, { metadata: value });
      const { metadata } = await muster.users.get(jane.id);
      expect(JSON.stringify(metadata)).toBe(JSON.stringify(value));
      expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
      expect((await muster.users.list({ filter: { metadata: value } })).items.map(({ id }) => id)).toEqual([jane.id]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((() => {}).constructor.prototype).not.toHaveProperty("polluted");
  });

  it("C-45 CVE-2026-123531: no number lifts the limit of a list", async () => {
    const { muster } = await crowd();
    for (let count = 0; count < 105; count++) await muster.users.create({ username: `user${count}` });
    const numbers = [0, -1, -0, 101, 1.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY, "10", null, [5], {}, true];
    for (const limit of [...numbers, ...hostile.page_numbers.values]) {
      expect(await outcomeOf(muster.users.list({ limit: limit as never })), String(limit)).toBe("InvalidInput");
      expect(await outcomeOf(muster.audit.list({ limit: limit as never })), String(limit)).toBe("InvalidInput");
    }
    for (const offset of [-1, 1.5, 1e9, Number.NaN, "0", null, [0]]) {
      expect(await outcomeOf(muster.users.list({ offset: offset as never })), String(offset)).toBe("InvalidInput");
    }
    expect((await muster.users.list({ limit: 100 })).items).toHaveLength(100);
    expect((await muster.users.list()).items).toHaveLength(20);
  });

  it("C-50 CVE-2026-123797: a name that is no tenant is refused before any work", async () => {
    const { muster } = await crowd();
    for (const name of ["", "A", "a b", "../default", "default\u0000", "a".repeat(65), "__proto__", "-a"]) {
      expect(() => muster.tenant(name), name).toThrow(expect.objectContaining({ _tag: "InvalidInput" }));
    }
    for (const name of [null, undefined, 1, {}, ["acme"]]) expect(() => muster.tenant(name as never)).toThrow();
    expect(await outcomeOf(muster.tenant("acme").sessions.login({ login: "jane", password }))).toBe(
      "InvalidCredentials",
    );
  });

  it("C-52 GHSA-xmf8-cvqr-rfgj: an option that makes no sense stops the start, and opens nothing", async () => {
    for (const wrong of [
      { issuer: "" },
      { accessTokenSeconds: 0 },
      { accessTokenSeconds: Number.POSITIVE_INFINITY },
      { refreshGraceSeconds: 31 },
      { refreshGraceSeconds: -1 },
      { sessionSeconds: Number.NaN },
      { hashing: { memoryKiB: 8, passes: 1 } },
      { passwords: { minLength: 7 } },
    ]) {
      const error = await failureOf(createMuster({ store: open(), issuer: "x", ...wrong }));
      expect(error, JSON.stringify(wrong)).toMatchObject({ _tag: "InvalidConfiguration" });
    }
  });
});
