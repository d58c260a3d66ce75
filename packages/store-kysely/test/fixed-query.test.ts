import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { describe, expect, it } from "vitest";
import { fixedQuery, type HoleOf } from "../src/fixed-query.ts";

interface Wanted {
  readonly name: string;
  readonly age: number;
}

const db = new Kysely<{ people: Wanted & { id: number } }>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

describe("a fixed query", () => {
  it("is built once, and values take their places in the order of the text", () => {
    let built = 0;
    const find = fixedQuery((value: HoleOf<Wanted>) => {
      built += 1;
      return db
        .selectFrom("people")
        .select("id")
        .where("age", ">", value("age"))
        .where("id", "<>", 7)
        .where("name", "in", [value("name"), "anybody"]);
    });
    expect(find({ name: "Jane", age: 3 })).toEqual({
      sql: 'select "id" from "people" where "age" > ? and "id" <> ? and "name" in (?, ?)',
      parameters: [3, 7, "Jane", "anybody"],
    });
    expect(find({ name: "Joe", age: 4 }).parameters).toEqual([4, 7, "Joe", "anybody"]);
    expect(built).toBe(1);
  });

  it("binds absent values as null", () => {
    const insert = fixedQuery((value: HoleOf<Wanted>) =>
      db.insertInto("people").values({ id: 1, name: value("name"), age: value("age") }),
    );
    const nobody: { name: string; age: number } = JSON.parse('{"name":null,"age":null}');
    expect(insert(nobody).parameters).toEqual([1, null, null]);
  });
});
