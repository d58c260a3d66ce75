import { describe, expect, test } from "vitest";
import type { LoginCredentials, NewUser, UserPatch } from "../../src/index.ts";
import { hostile } from "../hostile.ts";
import { anInstance, aPerson, brokenRules, events, numberOfUsers, outcome, refusal } from "../instance.ts";

/** Hosts without types may hand in anything. */
const given = <T>(value: unknown): T => value as T;
const newUser = (value: unknown): NewUser => given<NewUser>(value);

describe("fields that are not for those who sign up", () => {
  test.each(hostile.create_extra_fields.values.map((extra) => JSON.stringify(extra)))(
    "%s is refused, or means nothing",
    async (json) => {
      const muster = await anInstance();
      const extra = JSON.parse(json);
      const input = newUser({ username: "mallory", ...extra });
      const signedUp = await muster
        .as("anonymous")
        .users.create(input)
        .catch(() => undefined);
      if (signedUp === undefined) return expect(await numberOfUsers(muster)).toBe(0);
      expect(extra).toEqual({ metadata: { role: "admin" } });
      expect(await muster.users.get(signedUp.id)).toMatchObject({ role: "user", status: "enabled", ownerId: null });
    },
  );

  test.each(hostile.create_extra_fields.values.map((extra) => JSON.stringify(extra)))(
    "%s in an update of oneself is refused, or means nothing",
    async (json) => {
      const muster = await anInstance();
      const me = await aPerson(muster);
      const principal = {
        tenant: "default",
        userId: me.id,
        sessionId: "s",
        role: "user",
        expiresAt: new Date(),
        authenticatedAt: new Date(),
        methods: ["pwd"],
      } as const;
      await muster
        .as(principal)
        .users.update(me.id, given<UserPatch>(JSON.parse(json)))
        .catch(() => undefined);
      const { metadata: _m, version: _v, updatedAt: _a, updatedBy: _b, ...before } = me;
      expect(await muster.users.get(me.id)).toMatchObject(before);
    },
  );
});

describe("values of a wrong type", () => {
  const values = [...hostile.json_types.values.map((value) => JSON.stringify(value)), undefined];
  const texts = [
    "username",
    "email",
    "firstName",
    "lastName",
    "displayName",
    "phoneNumber",
    "locale",
    "pictureUrl",
    "id",
    "ownerId",
    "password",
    "role",
    "status",
  ];

  test.each(values)("%s is no text in a new user, a patch, a login, a filter or a change", async (json) => {
    const value: unknown = json === undefined ? undefined : JSON.parse(json);
    const muster = await anInstance();
    const { id, version } = await aPerson(muster);
    const refused = async (call: Promise<unknown>): Promise<void> => {
      const error = await refusal(call);
      expect(["InvalidInput", "InvalidCredentials", "InvalidToken", "InvalidRefreshToken"]).toContain(error._tag);
    };
    if (value !== null) {
      for (const field of texts) {
        await refused(muster.users.create(newUser({ username: "x", email: "x@x.example", [field]: value })));
        if (field.endsWith("Name") && field !== "username")
          await refused(muster.users.update(id, given({ [field]: value })));
        if (field !== "password") await refused(muster.users.list({ filter: given({ [field]: value }) }));
      }
      await refused(muster.users.changeEmail(id, given(value)));
      await refused(muster.users.changeUsername(id, given(value)));
      await refused(muster.users.changeOwner(id, given(value)));
    }
    await refused(muster.users.setPassword(id, given(value)));
    await refused(muster.users.setRole(id, given(value)));
    await refused(muster.users.get(given(value)));
    await refused(muster.users.list({ filter: { search: given(value) } }));
    await refused(muster.sessions.login(given<LoginCredentials>({ login: value, password: "correct horse battery" })));
    await refused(muster.sessions.login(given<LoginCredentials>({ login: "x", password: value })));
    expect(await numberOfUsers(muster)).toBe(1);
    expect((await muster.users.get(id)).version).toBe(version);
    expect(await events(muster)).toHaveLength(1);
  });

  test.each([undefined, null, "text", 7, true, [], ["username"], new Map([["username", "x"]]), new Date(), () => 1])(
    "%s is no new user, patch or query",
    async (value) => {
      const muster = await anInstance();
      const { id } = await aPerson(muster);
      expect(await outcome(muster.users.create(given(value)))).toBe("InvalidInput");
      if (!(value instanceof Map || value instanceof Date))
        expect(await outcome(muster.users.update(id, given(value)))).toBe("InvalidInput");
      if (value !== undefined) expect(await outcome(muster.users.count(given(value)))).toBe("InvalidInput");
      expect(await numberOfUsers(muster)).toBe(1);
    },
  );
});

describe("metadata", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.inside = { cyclic };
  let reads = 0;
  const refused: readonly (readonly [string, unknown])[] = [
    ["a cycle", cyclic],
    ["a Date", { at: new Date() }],
    ["a Map", { map: new Map() }],
    [
      "a class instance",
      {
        x: new (class Thing {
          y = 1;
        })(),
      },
    ],
    [
      "a class instance as the whole",
      new (class Thing {
        y = 1;
      })(),
    ],
    ["a function", { x: () => 1 }],
    ["a toJSON method", { toJSON: () => ({ y: 1 }) }],
    ["a symbol", { x: Symbol("y") }],
    ["a bigint", { x: 1n }],
    ["NaN", { x: Number.NaN }],
    ["Infinity", { x: Number.POSITIVE_INFINITY }],
    ["undefined", { x: undefined }],
    ["a hole in a list", { x: new Array(3) }],
    ["a boxed text", { x: new String("y") }],
    [
      "a getter that throws",
      {
        get x() {
          throw new Error("never seen");
        },
      },
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("never seen");
          },
        },
      ),
    ],
    ["a list of a length that is made up", { x: new Proxy([], { get: (_, key) => (key === "length" ? 1e15 : 1) }) }],
  ];

  test.each(refused)("with %s is refused", async (_, metadata) => {
    const muster = await anInstance();
    const [broken] = await brokenRules(muster.users.create(newUser({ username: "jane", metadata })));
    expect(broken).toMatch(/^metadata: (json_object|max_bytes)$/);
    expect(await numberOfUsers(muster)).toBe(0);
  });

  test("is kept as it was when it was checked, though a getter answers something else next time", async () => {
    const muster = await anInstance();
    const metadata = {
      get turn() {
        reads += 1;
        return reads === 1 ? "first" : new Date();
      },
    };
    const jane = await muster.users.create(newUser({ username: "jane", metadata }));
    expect(reads).toBe(1);
    expect(jane.metadata).toEqual({ turn: "first" });
    expect((await muster.users.get(jane.id)).metadata).toEqual({ turn: "first" });
  });

  test("that repeats one part over and over is refused before it is unfolded", async () => {
    const muster = await anInstance();
    let part: unknown = "x".repeat(1_000);
    for (let level = 0; level < 30; level++) part = [part, part];
    const startedAt = performance.now();
    expect(await brokenRules(muster.users.create(newUser({ username: "jane", metadata: { part } })))).toEqual([
      "metadata: max_bytes",
    ]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("with __proto__, constructor and toString as keys keeps them as keys and changes no prototype", async () => {
    const muster = await anInstance();
    const json =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"toString":"x","deep":{"__proto__":{"polluted":3}}}';
    const { id } = await muster.users.create({ username: "jane", metadata: JSON.parse(json) });
    expect(JSON.stringify((await muster.users.get(id)).metadata)).toBe(json);
    await muster.users.update(id, { metadata: JSON.parse('{"__proto__":{"polluted":4}}') });
    expect(JSON.stringify((await muster.users.get(id)).metadata)).toBe('{"__proto__":{"polluted":4}}');
    expect(await muster.users.count({ metadata: JSON.parse('{"__proto__":{"polluted":4}}') })).toMatchObject({
      count: 1,
    });
    expect(await muster.users.count({ metadata: JSON.parse('{"__proto__":{"polluted":5}}') })).toMatchObject({
      count: 0,
    });
    expect({}).not.toHaveProperty("polluted");
  });

  test("keeps minus zero as zero, and objects without prototype as objects", async () => {
    const muster = await anInstance();
    const metadata = { zero: -0, bare: Object.assign(Object.create(null), { a: 1 }) };
    const jane = await muster.users.create({ username: "jane", metadata });
    expect(jane.metadata).toStrictEqual({ zero: 0, bare: { a: 1 } });
  });
});

describe("what a host holds in its hands", () => {
  test("can be changed after create or update without changing what is stored", async () => {
    const muster = await anInstance();
    const input = { username: "jane", tags: ["a"], metadata: { list: [1], inner: { x: 1 } } };
    const creating = muster.users.create(input);
    input.metadata.inner.x = 2;
    input.metadata.list.push(2);
    input.tags.push("b");
    input.username = "mallory";
    const jane = await creating;
    const stored = { username: "jane", tags: ["a"], metadata: { list: [1], inner: { x: 1 } } };
    expect(jane).toMatchObject(stored);
    const patch = { metadata: { inner: { y: 1 } } };
    const updating = muster.users.update(jane.id, patch);
    patch.metadata.inner.y = 2;
    expect(await updating).toMatchObject({ metadata: { inner: { y: 1 } } });
    expect(await muster.users.get(jane.id)).toMatchObject({ ...stored, metadata: { inner: { y: 1 } } });
  });

  test("is an answer that can be changed without changing what is stored", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", tags: ["a"], metadata: { inner: { x: 1 } } });
    const answer = given<{ tags: string[]; createdAt: Date; metadata: { inner: { x: number } } }>(
      await muster.users.get(id),
    );
    answer.tags.push("b");
    answer.metadata.inner.x = 2;
    answer.createdAt.setTime(0);
    const again = await muster.users.get(id);
    expect(again).toMatchObject({ tags: ["a"], metadata: { inner: { x: 1 } } });
    expect(again.createdAt.getTime()).toBeGreaterThan(0);
  });

  test("counts by its own properties only: what it inherits gives nobody a role", async () => {
    const muster = await anInstance();
    const jane = await muster.users.create(
      newUser({ __proto__: { role: "admin", status: "pending" }, username: "jane" }),
    );
    expect(jane).toMatchObject({ role: "user", status: "enabled" });
    expect(await brokenRules(muster.users.create(JSON.parse('{"username":"x","__proto__":{"role":"admin"}}')))).toEqual(
      ["__proto__: unknown_key"],
    );
  });

  test("that throws while it is read is refused", async () => {
    const muster = await anInstance();
    const broken = {
      get username() {
        throw new Error("never seen");
      },
    };
    expect(await brokenRules(muster.users.create(newUser(broken)))).toEqual([": unreadable"]);
    expect(await brokenRules(muster.users.list(given(broken)))).toEqual([": unreadable"]);
    expect(await brokenRules(muster.users.list({ filter: given(broken) }))).toEqual(["filter: unreadable"]);
    const tags = new Proxy(["a"], {
      get: () => {
        throw new Error("never seen");
      },
    });
    expect(await brokenRules(muster.users.create({ username: "jane", tags }))).toEqual([": unreadable"]);
  });
});
