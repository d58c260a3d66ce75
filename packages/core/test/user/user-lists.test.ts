import { describe, expect, test } from "vitest";
import type { Muster, Page, User, UserQuery, UserSort, UserSortField } from "../../src/index.ts";
import { comparable, compareCodePoints } from "../../src/kernel/text.ts";
import { sortFields } from "../../src/testing/index.ts";
import { stores } from "../doubles/stores.ts";
import { hostile } from "../hostile.ts";
import { aClock, anInstance, aPerson, brokenRules, outcome } from "../instance.ts";

const sorts: readonly UserSort[] = [...sortFields, ...sortFields.map((field) => `-${field}` as const)];
const idsOf = (users: readonly { readonly id: string }[]) => users.map(({ id }) => id);

/** Thirty users, full of ties and absent values. */
const crowd = async (muster: Muster, clock: ReturnType<typeof aClock>): Promise<readonly User[]> => {
  const names = ["Zoë", "adam", "Adam", "\u{1F600}", "\uFF21dam", null];
  for (let index = 0; index < 30; index++) {
    if (index % 4 === 0) clock.wait(1_000);
    const { id } = await muster.users.create({
      username: index % 5 === 0 ? null : `login-${30 - index}`,
      email: index % 5 === 0 || index % 2 === 0 ? `${index % 7}-${index}@x.example` : null,
      firstName: names[index % names.length] ?? null,
      lastName: index % 3 === 0 ? "Same" : null,
      tags: [`t${index % 2}`],
    });
    if (index % 6 === 0) await muster.users.update(id, { displayName: "Changed" });
  }
  return (await muster.users.list({ limit: 100 })).items;
};

/** What a sort means: absent first, then by comparable text or time, ties by id. */
const sorted = (users: readonly User[], sort: UserSort): readonly string[] => {
  const field = sort.replace("-", "") as UserSortField;
  const keyOf = (user: User) => {
    const value = user[field];
    return value === null ? "" : value instanceof Date ? String(value.getTime()).padStart(20, "0") : comparable(value);
  };
  const ascending = idsOf(
    [...users].sort(
      (left, right) => compareCodePoints(keyOf(left), keyOf(right)) || compareCodePoints(left.id, right.id),
    ),
  );
  return sort.startsWith("-") ? ascending.reverse() : ascending;
};

const pagesFrom = async (
  muster: Muster,
  query: UserQuery,
  way: "nextCursor" | "previousCursor",
): Promise<readonly Page<User>[]> => {
  const pages = [await muster.users.list(query)];
  for (let cursor = pages[0]?.[way]; cursor; cursor = pages.at(-1)?.[way]) {
    const { offset: _offset, ...rest } = query;
    pages.push(await muster.users.list({ ...rest, cursor }));
    if (pages.length > 200) throw new Error("The walk never ends.");
  }
  return pages;
};

describe.each(stores)("lists of users in the $name store", ({ open }) => {
  test.each(sorts)(
    "sorted by %s are in order, and a walk forwards and back shows everybody exactly once",
    async (sort) => {
      const clock = aClock();
      const muster = await anInstance({ store: open(), ports: { clock } });
      const expected = sorted(await crowd(muster, clock), sort);
      expect(idsOf((await muster.users.list({ sort, limit: 100 })).items)).toEqual(expected);
      for (const limit of [1, 7, 10, 30]) {
        const forwards = await pagesFrom(muster, { sort, limit }, "nextCursor");
        expect(forwards.flatMap(({ items }) => idsOf(items))).toEqual(expected);
        expect(forwards[0]?.previousCursor).toBeNull();
        const last = forwards.at(-1);
        if (!last?.previousCursor) {
          expect(forwards).toHaveLength(1);
          continue;
        }
        const backwards = await pagesFrom(muster, { sort, limit, cursor: last.previousCursor }, "previousCursor");
        expect([...backwards.flatMap(({ items }) => idsOf(items).reverse()).reverse(), ...idsOf(last.items)]).toEqual(
          expected,
        );
        expect(backwards.at(-1)?.previousCursor).toBeNull();
        for (const { items, nextCursor } of backwards)
          expect([items.length > 0, nextCursor]).toEqual([true, expect.any(String)]);
        expect(idsOf((await muster.users.list({ sort, limit, cursor: backwards[0]?.nextCursor ?? "" })).items)).toEqual(
          idsOf(last.items),
        );
      }
    },
  );

  test("are the newest twenty when nothing is asked for", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    const everybody = await crowd(muster, clock);
    const page = await muster.users.list();
    expect(idsOf(page.items)).toEqual(sorted(everybody, "-createdAt").slice(0, 20));
    expect(page).toMatchObject({ previousCursor: null, total: null, nextCursor: expect.any(String) });
  });

  test("skip by offset, and can be walked on from there both ways", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    const expected = sorted(await crowd(muster, clock), "username");
    const page = await muster.users.list({ sort: "username", offset: 10, limit: 5 });
    expect(idsOf(page.items)).toEqual(expected.slice(10, 15));
    const next = await muster.users.list({ sort: "username", limit: 5, cursor: page.nextCursor ?? "" });
    expect(idsOf(next.items)).toEqual(expected.slice(15, 20));
    const previous = await muster.users.list({ sort: "username", limit: 5, cursor: page.previousCursor ?? "" });
    expect(idsOf(previous.items)).toEqual(expected.slice(5, 10));
    expect(await muster.users.list({ offset: 100_000 })).toMatchObject({
      items: [],
      nextCursor: null,
      previousCursor: null,
    });
    expect(await brokenRules(muster.users.list({ offset: 0, cursor: page.nextCursor ?? "" }))).toEqual([
      "offset: exclusive",
    ]);
  });

  test("are the same from a cursor though rows before it come and go", async () => {
    const muster = await anInstance({ store: open() });
    for (const name of ["b", "d", "f", "h"]) await muster.users.create({ username: name });
    const first = await muster.users.list({ sort: "username", limit: 2 });
    await muster.users.create({ username: "a" });
    const [gone] = first.items;
    await muster.users.delete(gone?.id ?? "");
    await muster.users.purge(gone?.id ?? "");
    const second = await muster.users.list({ sort: "username", limit: 2, cursor: first.nextCursor ?? "" });
    expect(second.items.map(({ username }) => username)).toEqual(["f", "h"]);
    const back = await muster.users.list({ sort: "username", limit: 2, cursor: second.previousCursor ?? "" });
    expect(back.items.map(({ username }) => username)).toEqual(["a", "d"]);
  });

  test("a cursor is good for its own filter, sort, list and tenant only, and only unchanged", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    await crowd(muster, clock);
    const query: UserQuery = { filter: { tags: { any: ["t0"] } }, sort: "username", limit: 3 };
    const cursor = (await muster.users.list(query)).nextCursor ?? "";
    expect(await outcome(muster.users.list({ ...query, cursor }))).toBe("ok");
    expect(await outcome(muster.users.list({ ...query, limit: 50, total: "exact", cursor }))).toBe("ok");
    const tampered = [
      `${cursor}A`,
      cursor.slice(0, -1),
      `${cursor.slice(0, 4)}${cursor[4] === "A" ? "B" : "A"}${cursor.slice(5)}`,
      `${cursor}=`,
      ` ${cursor}`,
      "",
      "x",
      "\u0000",
      "9".repeat(100_000),
    ];
    const misused: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => muster.users.list({ ...query, filter: { tags: { any: ["t1"] } }, cursor }), "filter"],
      [() => muster.users.list({ ...query, filter: {}, cursor }), "no filter"],
      [() => muster.users.list({ ...query, sort: "-username", cursor }), "direction"],
      [() => muster.users.list({ ...query, sort: "email", cursor }), "sort"],
      [() => muster.tenant("acme").users.list({ ...query, cursor }), "tenant"],
      [() => muster.audit.list({ cursor }), "list"],
      ...tampered.map((text) => [() => muster.users.list({ ...query, cursor: text }), text] as const),
    ];
    for (const [call, label] of misused)
      expect([label, await brokenRules(call())]).toEqual([label, ["cursor: cursor"]]);
  });

  test("count nothing, everything or up to a thousand, as asked", async () => {
    const muster = await anInstance({ store: open() });
    for (let index = 0; index < 1_001; index++)
      await muster.users.create({ username: `u${index}`, tags: index < 1_000 ? ["most"] : [] });
    expect((await muster.users.list({ total: "none" })).total).toBeNull();
    expect((await muster.users.list({ total: "exact", limit: 1 })).total).toEqual({ count: 1_001, exact: true });
    expect((await muster.users.list({ total: "capped", limit: 1 })).total).toEqual({ count: 1_000, exact: false });
    expect((await muster.users.list({ total: "capped", filter: { tags: { all: ["most"] } } })).total).toEqual({
      count: 1_000,
      exact: true,
    });
    expect(await muster.users.count()).toEqual({ count: 1_000, exact: false });
    expect(await muster.users.count({}, "exact")).toEqual({ count: 1_001, exact: true });
    expect(await brokenRules(muster.users.count({}, "none" as never))).toEqual(["total: one_of"]);
  });

  test("a stream shows everybody who stays exactly once, while others come and go", async () => {
    const muster = await anInstance({ store: open() });
    const stay: string[] = [];
    for (let index = 0; index < 250; index++)
      stay.push((await muster.users.create({ username: `s${String(index).padStart(3, "0")}` })).id);
    const seen: string[] = [];
    for await (const { id } of muster.users.stream({ sort: "username" })) {
      seen.push(id);
      if (seen.length % 50 !== 1) continue;
      const { id: passing } = await muster.users.create({
        username: `s${String(seen.length % 250).padStart(3, "0")}x`,
      });
      await muster.users.delete(passing);
      if (seen.length % 100 === 1) await muster.users.purge(passing);
      await muster.users.create({ username: `a${seen.length}` });
    }
    expect(seen.filter((id) => stay.includes(id))).toEqual(stay);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("a stream keeps to its filter, can be left early, and tells what is wrong with its query", async () => {
    const muster = await anInstance({ store: open() });
    for (let index = 0; index < 5; index++) await aPerson(muster, { tags: [`t${index % 2}`] });
    const found: User[] = [];
    for await (const user of muster.users.stream({ filter: { tags: { any: ["t0"] } } })) found.push(user);
    expect(found).toHaveLength(3);
    for await (const _ of muster.users.stream()) break;
    expect(
      await brokenRules(
        muster.users
          .stream({ filter: { nope: 1 } as never })
          [Symbol.asyncIterator]()
          .next(),
      ),
    ).toEqual(["filter.nope: unknown_field"]);
  });

  test("find literally what is asked for, as plain JavaScript would", async () => {
    const muster = await anInstance({ store: open() });
    const texts = hostile.text_filters.values.filter((text) => !text.includes("\u0000"));
    for (const [index, text] of texts.entries()) {
      for (const around of [text, `x${text}y`, text.toUpperCase(), `${text}${text}`]) {
        await aPerson(muster, { firstName: around, tags: [around.slice(0, 64)], lastName: `row ${index}` });
      }
    }
    const everybody: User[] = [];
    for await (const user of muster.users.stream()) everybody.push(user);
    const found = async (filter: UserQuery["filter"]) => {
      const ids: string[] = [];
      for await (const { id } of muster.users.stream({ ...(filter && { filter }) })) ids.push(id);
      return new Set(ids);
    };
    const where = (holds: (user: User) => boolean) => new Set(idsOf(everybody.filter(holds)));
    for (const text of texts) {
      const wanted = comparable(text);
      const first = (user: User) => comparable(user.firstName ?? "");
      expect([text, await found({ firstName: { contains: text } })]).toEqual([
        text,
        where((user) => first(user).includes(wanted)),
      ]);
      expect([text, await found({ firstName: { prefix: text } })]).toEqual([
        text,
        where((user) => first(user).startsWith(wanted)),
      ]);
      expect([text, await found({ firstName: text })]).toEqual([text, where((user) => first(user) === wanted)]);
      expect([text, await found({ not: { firstName: text } })]).toEqual([
        text,
        where((user) => first(user) !== wanted),
      ]);
      expect([text, await found({ tags: { any: [text] } })]).toEqual([text, where((user) => user.tags.includes(text))]);
      expect([text, await found({ search: text })]).toEqual([
        text,
        where((user) =>
          [user.firstName, user.lastName, user.username].some((it) => comparable(it ?? "").includes(wanted)),
        ),
      ]);
    }
  });

  test("with a name or search that no database could hold are refused", async () => {
    const muster = await anInstance({ store: open() });
    for (const text of ["\u0000", "a\u0000b", "\uD800", "a\uDFFF"]) {
      expect(await brokenRules(muster.users.list({ filter: { firstName: text } }))).toEqual(["filter.firstName: text"]);
      expect(await brokenRules(muster.users.list({ filter: { search: text } }))).toEqual(["filter.search: text"]);
      expect(await brokenRules(muster.users.list({ filter: { tags: { all: [text] } } }))).toEqual([
        "filter.tags.all.0: text",
      ]);
    }
  });

  test("find a metadata key by exactly its name, whatever it looks like", async () => {
    const muster = await anInstance({ store: open() });
    const keys = hostile.metadata_filter_keys.values.filter((key) => !key.includes("\u0000"));
    const metadataOf = (key: string, value: unknown) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);
    const byKey = new Map<string, string>();
    for (const key of keys) byKey.set(key, (await aPerson(muster, { metadata: metadataOf(key, "here") })).id);
    await aPerson(muster, { metadata: { a: { b: "here" }, b: ["here"], x: "here" } });
    for (const key of keys) {
      const { items } = await muster.users.list({ filter: { metadata: metadataOf(key, "here") } });
      expect([key, idsOf(items)]).toEqual([key, [byKey.get(key)]]);
      expect(await muster.users.count({ metadata: metadataOf(key, "elsewhere") })).toEqual({ count: 0, exact: true });
    }
    expect(await brokenRules(muster.users.count({ metadata: { "a\u0000b": 1 } }))).toEqual([
      "filter.metadata: json_object",
    ]);
  });
});
