import { aUser, insertUsers, storageContract } from "@muster/core/testing";
import { madeBy } from "@muster/store-kysely";
import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { type SqliteOptions, sqliteStore } from "../src/index.ts";
import { migrations } from "../src/schema.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const odd: SqliteOptions = { tablePrefix: `a "b" 'c' ?`, tables: { users: "people", sessions: "select" } };
const openFile = (file: string, options: SqliteOptions) =>
  sqliteStore(file, { synchronous: "normal", ...options }).open;
const refusal = (file: string, options: SqliteOptions) =>
  Effect.runPromise(Effect.flip(Effect.scoped(openFile(file, options))));

describe("a SQLite file in which our tables have odd names", () => {
  storageContract({ describe, it, open: () => sqliteStore(newFile(), { synchronous: "normal", ...odd }) });
});

describe("names of the host's choice", () => {
  it("are those of everything there is, and the next start finds it", async () => {
    const file = newFile();
    for (let start = 0; start < 2; start++) await Effect.runPromise(Effect.scoped(openFile(file, odd)));
    const database = new Database(file);
    const sql = "select name from sqlite_master where name not like 'sqlite_%' order by name";
    const names = database.prepare<[], { name: string }>(sql).all();
    database.close();
    expect(names.length).toBeGreaterThan(30);
    expect(
      names.map(({ name }) => name).filter((name) => !name.startsWith(`a "b" 'c' ?`) || name.includes("muster")),
    ).toEqual(["people", "select"]);
  });

  it("keep two Musters in one file apart", async () => {
    const file = newFile();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* openFile(file, { tablePrefix: "left_" });
          const right = yield* openFile(file, { tablePrefix: "right_" });
          const jane = aUser({ id: "1", username: "jane" });
          yield* insertUsers(left, "acme", [jane]);
          expect(yield* right.users.find("acme", "1")).toEqual(Option.none());
          yield* insertUsers(right, "acme", [aUser({ id: "1", username: "jane", firstName: "Other" })]);
          yield* left.transact(({ accessChanges }) =>
            accessChanges.append({ tenant: "acme", userId: "1" }, new Date(0)),
          );
          expect((yield* right.accessChanges.since(0)).changes).toEqual([]);
          expect(yield* left.users.find("acme", "1")).toEqual(Option.some(jane));
        }),
      ),
    );
    const database = new Database(file);
    const checksums = (table: string) => database.prepare(`select version, checksum from ${table}`).all();
    expect(checksums("left_migrations")).toEqual(checksums("right_migrations"));
    database.exec("drop index right_users_by_email");
    database.close();
    await Effect.runPromise(Effect.scoped(openFile(file, { tablePrefix: "left_" })));
    expect(await refusal(file, { tablePrefix: "right_" })).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("in this database (right_…) were altered"),
    });
  });

  it("may lack a prefix where nobody else has these names, and are refused where somebody has", async () => {
    const file = newFile();
    const database = new Database(file);
    database.exec("create table Users (id text)");
    expect(await refusal(file, { tablePrefix: "" })).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("holds Users but not Muster's table migrations: it was not made by Muster"),
    });
    database.exec("drop table Users; create table migrations (id text); create table posts (id text)");
    expect(await refusal(file, { tablePrefix: "" })).toMatchObject({ _tag: "UnsupportedSchema" });
    database.close();
    const options: SqliteOptions = { tablePrefix: "", tables: { migrations: "schema_versions" } };
    for (let start = 0; start < 2; start++) await Effect.runPromise(Effect.scoped(openFile(file, options)));
  });

  it("are refused in a sentence when SQLite keeps them for itself", async () => {
    for (const options of [{ tablePrefix: "sqlite_" }, { tables: { keys: "SQLite_keys" } }]) {
      expect(await refusal(newFile(), options)).toMatchObject({
        _tag: "InvalidConfiguration",
        message: "sqliteStore: names that begin with sqlite_ are SQLite's own.",
      });
    }
    expect(await refusal(newFile(), { tablePrefix: "x".repeat(21) })).toMatchObject({
      _tag: "InvalidConfiguration",
      message: "sqliteStore: tablePrefix is a text of at most 20 bytes.",
    });
  });

  it("fit with the longest prefix", () => {
    const { tables, others } = madeBy(migrations);
    for (const name of [...tables, ...others]) expect(name.length - "muster_".length + 20).toBeLessThanOrEqual(63);
  });
});
