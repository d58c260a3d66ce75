import { createMuster, type Muster, type UserFilter } from "@muster/core";
import type { StoreModule } from "@muster/core/ports";
import { memoryStore } from "@muster/core/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteStore } from "../../store-sqlite/src/index.ts";
import { postgresStore } from "../src/index.ts";
import { databaseOf, locales, temporarySchemas } from "./postgres.ts";

/** Ways to write one letter, the folded one first. Databases and their locales disagree about most of them. */
const letters: readonly (readonly string[])[] = [
  ["i", "I"],
  ["\u0131"],
  ["i\u0307", "\u0130", "I\u0307"],
  ["ss", "\u00DF", "\u1E9E", "SS", "sS"],
  ["s", "\u017F", "S"],
  ["\u03C3", "\u03C2", "\u03A3"],
  ["k", "K", "\u212A"],
  ["\u00E5", "\u00C5", "\u212B", "a\u030A", "A\u030A"],
  ["\u00E9", "\u00C9", "e\u0301", "E\u0301"],
  ["\u1EC7", "\u1EC6", "e\u0323\u0302", "e\u0302\u0323", "E\u0302\u0323"],
  ["\u0390", "\u03B9\u0308\u0301", "\u1FD3"],
  ["fi", "\uFB01", "FI", "Fi"],
  ["d\u017E", "\u01C4", "\u01C5", "\u01C6"],
  ["\u03BC", "\u00B5", "\u039C"],
  ["a", "A", "\uFF21", "\uFF41", "\u{1D400}"],
  ["\u{10428}", "\u{10400}"],
  ["\u{1E922}", "\u{1E900}"],
  ["\u{104D8}", "\u{104B0}"],
  ["\u0438\u0306".normalize("NFC"), "\u0418\u0306", "\u0419"],
];

/** A name as letters, each with a way to write it. */
const written = fc.tuple(fc.nat(letters.length - 1), fc.nat(4)).map(([letter, way]) => ({ letter, way }));
type Name = readonly { readonly letter: number; readonly way: number }[];

const spell = (name: Name): string =>
  name.map(({ letter, way }) => letters[letter]?.[way % (letters[letter]?.length ?? 1)]).join("");
const fold = (name: Name): string => name.map(({ letter }) => letters[letter]?.[0]).join("");

const names = fc.sample(fc.array(written, { minLength: 1, maxLength: 6 }), { numRuns: 90, seed: 7 });

/** A stretch of a stored name, each letter written in a way of its own. */
const question = fc
  .tuple(
    fc.constantFrom(...names),
    fc.nat(5),
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.nat(4), { minLength: 6, maxLength: 6 }),
  )
  .map(([name, from, length, ways]) =>
    name
      .slice(from % name.length, (from % name.length) + length)
      .map(({ letter }, at) => ({ letter, way: ways[at] ?? 0 })),
  );

describe("whoever looks for a name in other letters", () => {
  const locale = locales.at(-1) ?? "C";
  const newSchema = temporarySchemas(() => databaseOf(locale));
  const installations: { [name: string]: Muster } = {};

  beforeAll(async () => {
    const stores: { readonly [name: string]: StoreModule } = {
      memory: memoryStore(),
      sqlite: sqliteStore(":memory:"),
      postgres: postgresStore({ connectionString: await databaseOf(locale), schema: newSchema() }),
    };
    for (const [store, module] of Object.entries(stores)) {
      const muster = await createMuster({ store: module, issuer: "https://app.example" });
      installations[store] = muster;
      for (const [number, name] of names.entries()) {
        await muster.users.create({ id: `user-${number}`, username: `${number}`, firstName: spell(name) });
      }
    }
  });
  afterAll(() => Promise.all(Object.values(installations).map((muster) => muster.close())));

  const found = (filter: UserFilter): Promise<readonly (readonly [string, readonly string[]])[]> =>
    Promise.all(
      Object.entries(installations).map(async ([store, { users }]) => {
        const { items } = await users.list({ filter, limit: 100 });
        return [store, items.map(({ id }) => id).toSorted()] as const;
      }),
    );

  const theSameEverywhere = async (filter: UserFilter, isMeant: (folded: string) => boolean): Promise<void> => {
    const expected = names.flatMap((name, number) => (isMeant(fold(name)) ? [`user-${number}`] : [])).toSorted();
    for (const [store, ids] of await found(filter)) expect(ids, store).toEqual(expected);
  };

  it("finds the same users in memory, in SQLite and in PostgreSQL, Turkish ones too", async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const [text, folded] = [spell(asked), fold(asked)];
        await theSameEverywhere({ firstName: text }, (name) => name === folded);
        await theSameEverywhere({ firstName: { prefix: text } }, (name) => name.startsWith(folded));
        await theSameEverywhere({ firstName: { contains: text } }, (name) => name.includes(folded));
        await theSameEverywhere({ search: text }, (name) => name.includes(folded));
      }),
      { numRuns: 200 },
    );
  });
});
