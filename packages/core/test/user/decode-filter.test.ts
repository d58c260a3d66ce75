import { describe, expect, test } from "vitest";
import type { UserFilter } from "../../src/index.ts";
import { stores } from "../doubles/stores.ts";
import { aClock, anInstance, aPerson, brokenRules, outcome } from "../instance.ts";

const nested = (levels: number): UserFilter => (levels === 1 ? { username: "x" } : { not: nested(levels - 1) });
const list = <T>(length: number, item: (index: number) => T): T[] => Array.from({ length }, (_, index) => item(index));

/** A filter just allowed, one just not, and where and why. */
const limits: readonly (readonly [name: string, allowed: unknown, refused: unknown, broken: string])[] = [
  ["depth", nested(10), nested(11), `filter${".not".repeat(10)}: max_depth`],
  [
    "conditions",
    { and: list(99, () => ({ username: "x" })) },
    { and: list(100, () => ({ username: "x" })) },
    "filter: max_conditions",
  ],
  ["branches", { or: list(99, () => ({ username: "x" })) }, { or: list(101, () => ({})) }, "filter.or: list"],
  [
    "values",
    { username: { oneOf: list(100, String) } },
    { username: { oneOf: list(101, String) } },
    "filter.username.oneOf: list",
  ],
  ["ids", { id: { oneOf: list(100, String) } }, { id: { oneOf: list(101, String) } }, "filter.id.oneOf: list"],
  ["tags", { tags: { any: list(100, String) } }, { tags: { any: list(101, String) } }, "filter.tags.any: list"],
  ["no tags", { tags: { none: ["x"] } }, { tags: { none: [] } }, "filter.tags.none: list"],
  ["no branches", { or: [{}] }, { or: [] }, "filter.or: list"],
  ["length", { firstName: "x".repeat(256) }, { firstName: "x".repeat(257) }, "filter.firstName: text"],
  ["emoji", { firstName: "\u{1F600}".repeat(256) }, { firstName: "\u{1F600}".repeat(257) }, "filter.firstName: text"],
  ["search", { search: "x".repeat(256) }, { search: "x".repeat(257) }, "filter.search: text"],
  ["empty text", { search: "x" }, { search: "" }, "filter.search: text"],
  ["empty part", { email: { contains: "x" } }, { email: { contains: "" } }, "filter.email.contains: text"],
  [
    "metadata",
    { metadata: { a: "x".repeat(4_088) } },
    { metadata: { a: "x".repeat(4_089) } },
    "filter.metadata: max_length",
  ],
  ["metadata's type", { metadata: {} }, { metadata: [] }, "filter.metadata: json_object"],
  ["fields", { displayName: "x" }, { passwordHash: "x" }, "filter.passwordHash: unknown_field"],
  ["fields of objects", { displayName: "x" }, { constructor: "x" }, "filter.constructor: unknown_field"],
  [
    "own __proto__",
    { displayName: "x" },
    JSON.parse('{"__proto__":{"role":"admin"}}'),
    "filter.__proto__: unknown_field",
  ],
  [
    "operators",
    { displayName: { prefix: "x" } },
    { displayName: { like: "x" } },
    "filter.displayName.like: unknown_operator",
  ],
  ["operators of ids", { id: { equals: "x" } }, { id: { prefix: "x" } }, "filter.id.prefix: unknown_operator"],
  ["operators of objects", { id: { equals: "x" } }, { id: { toString: "x" } }, "filter.id.toString: unknown_operator"],
  ["empty conditions", { id: { equals: "x" } }, { id: {} }, "filter.id: required"],
  ["empty ranges", { version: { after: 1 } }, { version: {} }, "filter.version: required"],
  ["empty tags", { tags: { any: ["x"] } }, { tags: {} }, "filter.tags: required"],
  ["statuses", { status: "deleted" }, { status: "purged" }, "filter.status: one_of"],
  [
    "roles",
    { role: { oneOf: ["admin", "user"] } },
    { role: { oneOf: ["admin", "root"] } },
    "filter.role.oneOf.1: one_of",
  ],
  [
    "instants",
    { createdAt: { after: "2026-01-31T12:00:00Z" } },
    { createdAt: { after: "2026-02-31T12:00:00Z" } },
    "filter.createdAt.after: instant",
  ],
  ["offsets", { createdAt: "2026-01-31T12:00:00.123+05:30" }, { createdAt: "yesterday" }, "filter.createdAt: instant"],
  ["Dates", { createdAt: new Date(0) }, { createdAt: new Date(Number.NaN) }, "filter.createdAt: instant"],
  ["numbers as instants", { createdAt: new Date(0) }, { createdAt: 0 }, "filter.createdAt: instant"],
  ["numbers", { version: 1 }, { version: 1.5 }, "filter.version: whole_number"],
  [
    "texts as numbers",
    { loginCount: { before: 3 } },
    { loginCount: { before: "3" } },
    "filter.loginCount.before: whole_number",
  ],
  ["null", { email: null }, { status: null }, "filter.status: never_absent"],
  ["null times", { updatedAt: null }, { createdAt: null }, "filter.createdAt: never_absent"],
  ["null tags", { tags: { any: ["x"] } }, { tags: null }, "filter.tags: never_absent"],
  ["lists", { and: [{}] }, { and: {} }, "filter.and: list"],
  ["branches of objects", { and: [{}] }, { and: ["x"] }, "filter.and.0: type"],
  ["not", { not: {} }, { not: [] }, "filter.not: type"],
  ["objects", {}, [], "filter: type"],
  ["Maps", {}, new Map(), "filter: type"],
  ["undefined", {}, { username: undefined }, "filter.username: type"],
];

describe("what a filter may be", () => {
  test.each(limits)("%s", async (_, allowed, refused, broken) => {
    const muster = await anInstance();
    expect(await outcome(muster.users.list({ filter: allowed as UserFilter }))).toBe("ok");
    expect(await brokenRules(muster.users.list({ filter: refused as UserFilter }))).toContain(broken);
    expect(await brokenRules(muster.users.count(refused as UserFilter))).toContain(broken);
  });

  test("everything that is wrong is told at once, by its path", async () => {
    const muster = await anInstance();
    const filter = { or: [{ nope: 1 }, { tags: { any: ["", "x"] } }], version: "x", search: 7 };
    expect(await brokenRules(muster.users.list({ filter: filter as never }))).toEqual([
      "filter.or.0.nope: unknown_field",
      "filter.or.1.tags.any.0: text",
      "filter.version: whole_number",
      "filter.search: text",
    ]);
  });

  test("a filter as large as a program can make it is refused at once, with no more issues than conditions", async () => {
    const muster = await anInstance();
    const filter = Object.fromEntries(list(100_000, (index) => [`key${index}`, index]));
    const startedAt = performance.now();
    expect((await brokenRules(muster.users.list({ filter: filter as never }))).length).toBeLessThanOrEqual(100);
    const cyclic: Record<string, unknown> = {};
    cyclic.and = list(100, () => cyclic);
    expect((await brokenRules(muster.users.list({ filter: cyclic }))).length).toBeLessThanOrEqual(100);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe.each(stores)("what a filter means in the $name store", ({ open }) => {
  const scene = async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    const named = (name: string, given = {}) => aPerson(muster, { firstName: name, ...given });
    await named("ann", {
      tags: ["a", "b"],
      metadata: { team: "blue", roles: ["x", "y"], at: { floor: 2, room: 7 } },
      email: "ann@x.example",
      role: "admin",
    });
    clock.wait(1_000);
    await named("bob", {
      tags: ["b"],
      metadata: { team: "red", roles: ["y"], at: { floor: 2 } },
      status: "pending",
      locale: "pt-BR",
    });
    clock.wait(1_000);
    const { id } = await named("cyd", { ownerId: "ann", phoneNumber: "1", privateMetadata: { risk: 3 } });
    await muster.users.update(id, { displayName: "Cyd" });
    const found = async (filter: UserFilter) =>
      (await muster.users.list({ filter, sort: "firstName" })).items.map(({ firstName }) => firstName).join(" ");
    return { found, at: (seconds: number) => new Date(Date.UTC(2026, 0, 1) + 1_000 * seconds) };
  };

  test("every condition finds those for whom it holds, and its negation the others", async () => {
    const { found, at } = await scene();
    const cases: readonly (readonly [UserFilter, string])[] = [
      [{}, "ann bob cyd"],
      [{ firstName: "ANN" }, "ann"],
      [{ firstName: { oneOf: ["ann", "cyd", "x"] } }, "ann cyd"],
      [{ firstName: { contains: "N" } }, "ann"],
      [{ firstName: { prefix: "b" } }, "bob"],
      [{ firstName: { contains: "n", prefix: "b" } }, ""],
      [{ tags: { any: ["a", "b"] } }, "ann bob"],
      [{ tags: { all: ["a", "b"] } }, "ann"],
      [{ tags: { none: ["a"] } }, "bob cyd"],
      [{ tags: { any: ["b"], none: ["a"] } }, "bob"],
      [{ tags: { any: ["B"] } }, ""],
      [{ metadata: { team: "blue" } }, "ann"],
      [{ metadata: { at: { floor: 2 } } }, "ann bob"],
      [{ metadata: { roles: ["y"] } }, "ann bob"],
      [{ metadata: { roles: ["y", "x"] } }, "ann"],
      [{ metadata: { team: "Blue" } }, ""],
      [{ privateMetadata: { risk: 3 } }, "cyd"],
      [{ email: null }, "bob cyd"],
      [{ email: { contains: "x" } }, "ann"],
      [{ ownerId: "ann" }, "cyd"],
      [{ ownerId: { equals: "Ann" } }, ""],
      [{ locale: "pt-BR" }, "bob"],
      [{ locale: "pt-br" }, ""],
      [{ locale: { prefix: "pt" } }, "bob"],
      [{ phoneNumber: "1" }, "cyd"],
      [{ role: "admin" }, "ann"],
      [{ status: { oneOf: ["pending", "disabled"] } }, "bob"],
      [{ createdAt: at(1) }, "bob"],
      [{ createdAt: { after: at(0), before: at(2) } }, "bob"],
      [{ createdAt: { after: at(0) } }, "bob cyd"],
      [{ updatedAt: null }, "ann bob"],
      [{ updatedAt: { after: at(0) } }, "cyd"],
      [{ version: { after: 1 } }, "cyd"],
      [{ loginCount: 0 }, "ann bob cyd"],
      [{ lastLoginAt: null }, "ann bob cyd"],
      [{ search: "YD" }, "cyd"],
      [{ search: "x.example" }, "ann"],
      [{ firstName: "ann", role: "user" }, ""],
      [{ or: [{ firstName: "ann" }, { firstName: "bob" }] }, "ann bob"],
      [{ and: [{ tags: { any: ["b"] } }, { not: { role: "admin" } }] }, "bob"],
      [{ or: [{ and: [{ firstName: "ann" }, { role: "user" }] }, { firstName: "cyd" }] }, "cyd"],
    ];
    for (const [filter, names] of cases) {
      expect([filter, await found(filter)]).toEqual([filter, names]);
      const others = ["ann", "bob", "cyd"].filter((name) => !names.includes(name)).join(" ");
      expect([filter, await found({ not: filter })]).toEqual([filter, others]);
      expect([filter, await found({ not: { not: filter } })]).toEqual([filter, names]);
    }
  });
});
