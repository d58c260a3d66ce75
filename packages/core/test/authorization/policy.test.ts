import { describe, expect, test } from "vitest";
import { type Operation, policyOperations } from "../../src/authorization/policy.ts";
import type {
  Muster,
  NewUser,
  Operations,
  User,
  UserFilter,
  UserPatch,
  UserSort,
  UserStatus,
  UserView,
} from "../../src/index.ts";
import { actingAs, anInstance, aPerson, brokenRules, outcome, refusal } from "../instance.ts";

const password = "correct horse battery";
const standings = ["system", "admin", "self", "owner", "other", "anonymous"] as const;
type Standing = (typeof standings)[number];
type Caller = Operations<UserView, never>;

/** What a caller is answered, standing by standing, in the order of {@link standings}. */
type Row = readonly [
  call: (caller: Caller, target: User, muster: Muster) => Promise<unknown>,
  answers: string,
  target?: UserStatus,
];

const tags: Readonly<Record<string, string>> = {
  ok: "ok",
  F: "Forbidden",
  U: "Unauthenticated",
  N: "UserNotFound",
  S: "SessionNotFound",
  // They may: that they have no password is another matter.
  C: "InvalidCredentials",
};

const newUser = (given: NewUser = {}): NewUser => ({ username: "somebody-new", ...given });

const matrix: Readonly<Record<Operation, readonly Row[]>> = {
  //                                                                        system admin self owner other anonymous
  "users.create": [[(caller) => caller.users.create(newUser()), "ok ok F F F ok"]],
  "users.create.privileged": [
    [(caller) => caller.users.create(newUser({ role: "user" })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ status: "enabled" })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ ownerId: null })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ id: "own-id" })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ email: "a@x.example", emailVerified: true })), "ok ok F F F F"],
    [(caller) => caller.users.create(newUser({ privateMetadata: {} })), "ok ok F F F F"],
  ],
  "users.read": [
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok ok U"],
    [(caller, { username }) => caller.users.findByUsername(username ?? ""), "ok ok ok ok ok U"],
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok N U", "pending"],
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok N U", "disabled"],
    [(caller, { id }) => caller.users.get(id), "ok ok ok ok N U", "deleted"],
    [(caller, { username }) => caller.users.findByUsername(username ?? ""), "ok ok ok ok N U", "disabled"],
    [(caller) => caller.users.get("nobody-has-this-id"), "N N N N N U"],
    [(caller) => caller.users.findByUsername("nobody-has-this-name"), "N N N N N U"],
  ],
  "users.find_by_email": [
    [(caller) => caller.users.findByEmail("target@x.example"), "ok ok F F F U"],
    [(caller) => caller.users.findByEmail("nobody@x.example"), "N N F F F U"],
  ],
  "users.list": [
    [(caller) => caller.users.list(), "ok ok ok ok ok U"],
    [(caller) => caller.users.count(), "ok ok ok ok ok U"],
    [(caller) => caller.users.stream()[Symbol.asyncIterator]().next(), "ok ok ok ok ok U"],
  ],
  "users.update": [
    [(caller, { id }) => caller.users.update(id, { firstName: "New" }), "ok ok ok ok F U"],
    [(caller, { id }) => caller.users.update(id, { firstName: "New" }), "ok ok ok ok N U", "disabled"],
    [(caller) => caller.users.update("nobody-has-this-id", {}), "N N N N N U"],
  ],
  "users.update.privileged": [[(caller, { id }) => caller.users.update(id, { privateMetadata: {} }), "ok ok F F F U"]],
  "users.replace_tags": [[(caller, { id }) => caller.users.replaceTags(id, ["new"]), "ok ok ok ok F U"]],
  "users.change_email": [[(caller, { id }) => caller.users.changeEmail(id, "new@x.example"), "ok ok ok F F U"]],
  "users.change_username": [[(caller, { id }) => caller.users.changeUsername(id, "new"), "ok ok ok F F U"]],
  "users.change_password": [[(caller) => caller.users.changePassword(password, `${password}!`), "F C C C C U"]],
  "users.set_password": [
    [(caller, { id }) => caller.users.setPassword(id, password), "ok ok F F F U"],
    [(caller) => caller.users.setPassword("nobody-has-this-id", password), "N N F F F U"],
  ],
  "users.change_owner": [[(caller, { id }) => caller.users.changeOwner(id, null), "ok ok F F F U"]],
  "users.set_role": [
    [(caller, { id }) => caller.users.setRole(id, "admin"), "ok ok F F F U"],
    [(caller, { id }) => caller.users.setRole(id, "admin"), "ok ok F F N U", "disabled"],
  ],
  "users.enable": [
    [(caller, { id }) => caller.users.enable(id), "ok ok F F N U", "disabled"],
    [(caller, { id }) => caller.users.enable(id), "ok ok F F N U", "pending"],
  ],
  "users.disable": [
    [(caller) => caller.users.disable("nobody-has-this-id"), "N N N N N U"],
    [(caller, { id }) => caller.users.disable(id), "ok ok F F F U"],
  ],
  "users.delete": [[(caller, { id }) => caller.users.delete(id), "ok ok ok F F U"]],
  "users.restore": [[(caller, { id }) => caller.users.restore(id), "ok ok F F N U", "deleted"]],
  "users.purge": [
    [(caller, { id }) => caller.users.purge(id), "ok ok F F N U", "deleted"],
    [(caller) => caller.users.purge("nobody-has-this-id"), "N N N N N U"],
    [(caller) => caller.users.purgeExpired(), "ok ok F F F U"],
  ],
  "users.profile": [[(caller) => caller.users.profile(), "F ok ok ok ok U"]],
  "sessions.list": [[(caller, { id }) => caller.sessions.list(id), "ok ok ok F F U"]],
  "sessions.revoke": [
    [
      async (caller, { id }, muster) => {
        await muster.users.setPassword(id, password);
        const { sessionId } = await muster.sessions.login({ login: "target", password });
        return caller.sessions.revoke(sessionId);
      },
      "ok ok ok S S U",
    ],
    [(caller, { id }) => caller.sessions.revokeAll(id), "ok ok ok F F U"],
  ],
  // They may: that there is no such session is another matter.
  "sessions.logout": [[(caller) => caller.sessions.logout(), "F S S S S U"]],
  "audit.list": [[(caller) => caller.audit.list(), "ok ok F F F U"]],
};

const scene = async (status: UserStatus = "enabled") => {
  const muster = await anInstance();
  await aPerson(muster, { role: "admin" });
  const [boss, owner, other] = [await aPerson(muster, { role: "admin" }), await aPerson(muster), await aPerson(muster)];
  const given = {
    username: "target",
    email: "target@x.example",
    firstName: "Tara",
    ownerId: owner.id,
    tags: ["hidden"],
    metadata: { m: 1 },
    privateMetadata: { p: 1 },
  };
  const created = await muster.users.create({ ...given, status: status === "deleted" ? "enabled" : status });
  const target = status === "deleted" ? await muster.users.delete(created.id) : created;
  const callers: Readonly<Record<Standing, Caller>> = {
    system: muster,
    admin: actingAs(muster, boss),
    self: actingAs(muster, target),
    owner: actingAs(muster, owner),
    other: actingAs(muster, other),
    anonymous: muster.as("anonymous"),
  };
  return { muster, target, callers };
};

test("every operation of the policy is in the matrix", () => {
  expect(Object.keys(matrix).sort()).toEqual([...policyOperations].sort());
});

const rows = Object.entries(matrix).flatMap(([operation, all]) =>
  all.map((row, index) => ({ operation, row, name: `${operation} (${index + 1})` })),
);

test.each(rows)("who may: $name", async ({ row: [call, answers, status] }) => {
  const expected = answers.split(" ").map((short) => tags[short]);
  expect(expected).toHaveLength(standings.length);
  const found: string[] = [];
  for (const standing of standings) {
    const { muster, target, callers } = await scene(status);
    const before = await muster.users.get(target.id);
    found.push(await outcome(call(callers[standing], target, muster)));
    if (["Forbidden", "Unauthenticated"].includes(found.at(-1) ?? "")) {
      expect(essence(await muster.users.get(target.id))).toEqual(essence(before));
    }
  }
  expect(found).toEqual(expected);
});

/** Without what a login with a new password changes, which the row of `sessions.revoke` begins with. */
const essence = ({ version: _1, updatedAt: _2, firstLoginAt: _3, lastLoginAt: _4, loginCount: _5, ...user }: User) =>
  user;

describe("what is seen of a user", () => {
  const publicKeys = ["displayName", "firstName", "id", "lastName", "pictureUrl", "username"];
  const keysOf = (user: object) => Object.keys(user).sort();

  test("others see the public part and not a key more, in every answer", async () => {
    const { target, callers } = await scene();
    const { other } = callers;
    expect(keysOf(await other.users.get(target.id))).toEqual(publicKeys);
    expect(keysOf(await other.users.findByUsername("target"))).toEqual(publicKeys);
    const listed = (await other.users.list({ filter: { username: "target" } })).items;
    expect(listed.map(keysOf)).toEqual([publicKeys]);
    for await (const user of other.users.stream({ filter: { username: "target" } }))
      expect(keysOf(user)).toEqual(publicKeys);
  });

  test("the user and its owner see everything but privateMetadata; admins and the system see that too", async () => {
    const { muster, target, callers } = await scene();
    const all = keysOf(await muster.users.get(target.id));
    expect(all).toHaveLength(24);
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
    const { muster } = await scene();
    const signedUp = await muster.as("anonymous").users.create({ username: "newcomer" });
    expect(signedUp).toMatchObject({ username: "newcomer", role: "user", status: "enabled" });
    expect(signedUp).not.toHaveProperty("privateMetadata");
  });

  test.each(["pending", "disabled", "deleted"] as const)(
    "a user who is %s is in no list, count or stream of others",
    async (status) => {
      const { muster, callers } = await scene(status);
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
    const { callers } = await scene();
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
      const { callers } = await scene();
      expect(await refusal(callers.other.users.list({ sort }))).toMatchObject({
        operation: `users.sort.${sort.replace("-", "")}`,
      });
      expect(await outcome(callers.admin.users.list({ sort }))).toBe("ok");
    },
  );

  test("what everybody may see can be filtered and sorted by", async () => {
    const { target, callers } = await scene();
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
    const { callers } = await scene();
    const search = "x.example";
    expect((await callers.admin.users.list({ filter: { search } })).items).toHaveLength(1);
    for (const caller of [callers.other, callers.self, callers.owner])
      expect((await caller.users.list({ filter: { search } })).items).toEqual([]);
    expect((await callers.other.users.list({ filter: { search: "TARA" } })).items).toHaveLength(1);
  });

  test("a filter that is wrong says so before it says what is hidden", async () => {
    const { callers } = await scene();
    expect(await brokenRules(callers.other.users.list({ filter: { email: 7, nope: 1 } as never }))).toContain(
      "filter.nope: unknown_field",
    );
  });
});

describe("an admin", () => {
  test("who is demoted is bound by the policy with the next token check", async () => {
    const muster = await anInstance();
    await aPerson(muster, { role: "admin" });
    const boss = await muster.users.create({ username: "boss", role: "admin", password });
    const { accessToken } = await muster.sessions.login({ login: "boss", password });
    const as = async () => muster.as(await muster.sessions.authenticate(accessToken));
    expect(await outcome((await as()).audit.list())).toBe("ok");
    await muster.users.setRole(boss.id, "user");
    expect(await outcome((await as()).audit.list())).toBe("Forbidden");
  });

  test("is refused the keys of an update that nobody has", async () => {
    const { target, callers } = await scene();
    expect(await brokenRules(callers.admin.users.update(target.id, { role: "admin" } as UserPatch))).toEqual([
      "role: unknown_key",
    ]);
  });
});
