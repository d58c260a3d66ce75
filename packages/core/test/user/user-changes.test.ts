import { describe, expect, test } from "vitest";
import type { IfVersion, Muster, UserPatch } from "../../src/index.ts";
import { stores } from "../doubles/stores.ts";
import { aClock, actingAs, anInstance, aPerson, brokenRules, events, outcome, refusal } from "../instance.ts";

const password = "correct horse battery";

type Change = (muster: Muster, id: string, ifVersion?: IfVersion) => Promise<unknown>;

/** Every change of an existing user, as something that makes a difference to {@link aPerson} with an email. */
const changes: readonly (readonly [name: string, change: Change, event: string, fields: readonly string[]])[] = [
  [
    "update",
    (muster, id, at) => muster.users.update(id, { firstName: "New", metadata: { a: 1 } }, at),
    "user.updated",
    ["firstName", "metadata"],
  ],
  ["replaceTags", (muster, id, at) => muster.users.replaceTags(id, ["new"], at), "user.tags_replaced", ["tags"]],
  [
    "changeEmail",
    (muster, id, at) => muster.users.changeEmail(id, "new@x.example", at),
    "user.email_changed",
    ["email"],
  ],
  [
    "changeUsername",
    (muster, id, at) => muster.users.changeUsername(id, "new", at),
    "user.username_changed",
    ["username"],
  ],
  ["changeOwner", (muster, id, at) => muster.users.changeOwner(id, "somebody", at), "user.owner_changed", ["ownerId"]],
  ["setRole", (muster, id, at) => muster.users.setRole(id, "admin", at), "user.role_changed", ["role"]],
  ["setPassword", (muster, id, at) => muster.users.setPassword(id, password, at), "user.password_set", []],
  ["disable", (muster, id, at) => muster.users.disable(id, at), "user.disabled", ["status"]],
  ["delete", (muster, id, at) => muster.users.delete(id, at), "user.deleted", ["status", "deletedAt"]],
];

describe.each(stores)("changes of users in the $name store", ({ open }) => {
  const opened = () => anInstance({ store: open() });

  describe.each(changes)("%s", (_, change, event, fields) => {
    test("raises the version, notes when and who, and is told in the audit log by the names of the fields", async () => {
      const clock = aClock();
      const muster = await anInstance({ store: open(), ports: { clock } });
      const before = await aPerson(muster, { email: "old@x.example" });
      clock.wait(5_000);
      await change(muster, before.id);
      const after = await muster.users.get(before.id);
      expect(after).toMatchObject({
        version: 2,
        updatedAt: new Date(clock.now()),
        updatedBy: null,
        createdAt: before.createdAt,
      });
      const [last, first, ...others] = await events(muster);
      expect(last).toEqual({
        id: expect.any(String),
        at: new Date(clock.now()),
        type: event,
        actor: { kind: "system" },
        userId: before.id,
        sessionId: null,
        changes: fields,
      });
      expect([first?.type, others]).toEqual(["user.created", []]);
    });

    test("happens under the version it names, and not under another, which is told with the current one", async () => {
      const muster = await opened();
      const { id } = await aPerson(muster, { email: "old@x.example" });
      await muster.users.update(id, { lastName: "Changed" });
      const before = await muster.users.get(id);
      for (const version of [1, 3]) {
        expect(await refusal(change(muster, id, { version }))).toMatchObject({
          _tag: "VersionMismatch",
          expected: version,
          current: 2,
        });
      }
      expect(await muster.users.get(id)).toEqual(before);
      expect(await events(muster)).toHaveLength(2);
      await change(muster, id, { version: 2 });
      expect(await muster.users.get(id)).toMatchObject({ version: 3 });
    });

    test("refuses versions that are none", async () => {
      const muster = await opened();
      const { id } = await aPerson(muster, { email: "old@x.example" });
      for (const version of [0, -1, 1.5, Number.NaN, "1", null, {}]) {
        expect(await outcome(change(muster, id, { version } as IfVersion))).toBe("InvalidInput");
      }
      expect(await brokenRules(change(muster, id, { vresion: 1 } as IfVersion))).toEqual(["vresion: unknown_key"]);
      expect((await muster.users.get(id)).version).toBe(1);
    });

    test("of somebody unknown is UserNotFound, of something that is no id InvalidInput", async () => {
      const muster = await opened();
      expect(await outcome(change(muster, "00000000-0000-7000-8000-000000000000"))).toBe("UserNotFound");
      for (const id of ["", "a b", "../x", "me", "a\u0000", "x".repeat(129)]) {
        expect(await brokenRules(change(muster, id))).toEqual(["id: user_id"]);
      }
    });
  });

  test("of fifty updates that expect the same version exactly one wins, the others learn the current one", async () => {
    const muster = await opened();
    const { id } = await aPerson(muster);
    const errors = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        muster.users.update(id, { firstName: `Name ${index}` }, { version: 1 }).then(
          () => "won",
          (error: unknown) => error,
        ),
      ),
    );
    expect(errors.filter((error) => error === "won")).toHaveLength(1);
    for (const error of errors.filter((it) => it !== "won"))
      expect(error).toMatchObject({ _tag: "VersionMismatch", expected: 1, current: 2 });
    expect((await muster.users.get(id)).version).toBe(2);
    expect(await events(muster)).toHaveLength(2);
  });

  test("fifty updates that expect no version all happen, one after the other", async () => {
    const muster = await opened();
    const { id } = await aPerson(muster);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => muster.users.update(id, { firstName: `Name ${index}` })),
    );
    expect(new Set(answers.map(({ version }) => version)).size).toBe(50);
    expect((await muster.users.get(id)).version).toBe(51);
  });

  test("a change that changes nothing writes nothing", async () => {
    const muster = await opened();
    const given = {
      email: "jane@x.example",
      tags: ["a", "b"],
      metadata: { a: 1, b: { c: [1, 2] } },
      firstName: "Jane",
      ownerId: "owner",
    };
    const jane = await aPerson(muster, given);
    const same = [
      await muster.users.update(jane.id, {}),
      await muster.users.update(jane.id, { firstName: "Jane", lastName: null, metadata: { b: { c: [1, 2] }, a: 1 } }),
      await muster.users.replaceTags(jane.id, ["a", "b", "a"]),
      await muster.users.changeEmail(jane.id, "jane@x.example"),
      await muster.users.changeUsername(jane.id, jane.username),
      await muster.users.changeOwner(jane.id, "owner"),
      await muster.users.setRole(jane.id, "user"),
    ];
    for (const answer of same) expect(answer).toEqual(jane);
    expect(await muster.users.get(jane.id)).toEqual(jane);
    expect(await events(muster)).toHaveLength(1);
    expect(await outcome(muster.users.update(jane.id, { firstName: "Jane" }, { version: 7 }))).toBe("VersionMismatch");
  });
});

describe("update", () => {
  const full = {
    firstName: "Jane",
    lastName: "Doe",
    displayName: "JD",
    phoneNumber: "1",
    locale: "en",
    pictureUrl: "https://x.example/",
    metadata: { a: { b: 1 } },
    privateMetadata: { c: 1 },
  };

  test("leaves what is absent, clears what is null, replaces metadata whole", async () => {
    const muster = await anInstance();
    const jane = await aPerson(muster, full);
    await muster.users.update(jane.id, { firstName: "Janet" });
    expect(await muster.users.get(jane.id)).toMatchObject({ ...full, firstName: "Janet" });
    const cleared = {
      firstName: null,
      lastName: null,
      displayName: null,
      phoneNumber: null,
      locale: null,
      pictureUrl: null,
    };
    await muster.users.update(jane.id, { ...cleared, metadata: { x: 1 }, privateMetadata: {} });
    const after = await muster.users.get(jane.id);
    expect(after).toMatchObject(cleared);
    expect([after.metadata, after.privateMetadata]).toEqual([{ x: 1 }, {}]);
  });

  test("refuses keys that are not its own, and then changes nothing", async () => {
    const muster = await anInstance();
    const jane = await aPerson(muster, full);
    const foreign = {
      id: "x",
      username: "x",
      email: "x@x.example",
      tags: [],
      role: "admin",
      status: "disabled",
      ownerId: "x",
      password,
      version: 9,
      createdAt: new Date(),
      nickname: "x",
    };
    for (const [key, value] of Object.entries(foreign)) {
      expect(await brokenRules(muster.users.update(jane.id, { firstName: "New", [key]: value } as UserPatch))).toEqual([
        `${key}: unknown_key`,
      ]);
    }
    expect(await muster.users.get(jane.id)).toEqual(jane);
  });

  test("keeps the limits of a new user", async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster);
    expect(
      await brokenRules(
        muster.users.update(id, { firstName: "x".repeat(255), locale: "!", metadata: { a: "\u0000" } }),
      ),
    ).toEqual(["firstName: length", "locale: locale", "metadata: json_object"]);
  });

  test("is the user's own doing when they do it", async () => {
    const muster = await anInstance();
    const jane = await aPerson(muster);
    const answer = await actingAs(muster, jane).users.update(jane.id, { firstName: "Jane" });
    expect(answer).toMatchObject({ updatedBy: jane.id, version: 2 });
    expect((await events(muster))[0]?.actor).toEqual({ kind: "user", id: jane.id, sessionId: expect.any(String) });
  });
});

describe("tags", () => {
  test("are replaced whole, in the order given, without repetition", async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster, { tags: ["x", "y"] });
    expect((await muster.users.replaceTags(id, ["b", "a", "b"])).tags).toEqual(["b", "a"]);
    expect((await muster.users.replaceTags(id, ["a", "b"])).tags).toEqual(["a", "b"]);
    expect((await muster.users.replaceTags(id, [])).tags).toEqual([]);
  });

  test("that break a rule are named by their place", async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster);
    expect(await brokenRules(muster.users.replaceTags(id, ["a", "", "b\u0000"]))).toEqual([
      "tags.1: length",
      "tags.2: malformed_text",
      "tags.2: control_character",
    ]);
    expect(await brokenRules(muster.users.replaceTags(id, "abc" as never))).toEqual(["tags: type"]);
  });
});
