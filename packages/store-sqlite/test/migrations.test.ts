import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { migrations } from "../src/schema.ts";
import { startChild, startTogether } from "./child.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const open = (file: string) => Effect.scoped(sqliteStore(file).open);
const refusal = (file: string) => Effect.runPromise(Effect.flip(open(file)));

const newDatabase = async (): Promise<string> => {
  const file = newFile();
  await Effect.runPromise(open(file));
  return file;
};

const change = (file: string, ...statements: readonly string[]): void => {
  const database = new Database(file);
  for (const statement of statements) database.exec(statement);
  database.close();
};

describe("migrations", () => {
  it("are made once: a second start makes none and takes no write lock", async () => {
    const file = await newDatabase();
    const statements: string[] = [];
    await Effect.runPromise(Effect.scoped(sqliteStore(file, { onStatement: (sql) => statements.push(sql) }).open));
    expect(statements.filter((sql) => !sql.startsWith("select"))).toEqual([]);
  });

  it("killed at any statement are finished by the next start", async () => {
    const whole = await startChild("open-killed-at.ts", [newFile(), "0"]).finished;
    const statements = Number(/opened after (\d+)/.exec(whole.output)?.[1]);
    expect(statements).toBeGreaterThan(30);
    const kills = [1, 2, 3, 4, 5, 9, 14, 20, 27, statements - 3, statements - 2, statements - 1, statements];
    for (const fatal of kills) {
      const file = newFile();
      const killed = await startChild("open-killed-at.ts", [file, String(fatal)]).finished;
      expect(killed.signal, `killed at ${fatal}: ${killed.output}`).toBe("SIGKILL");
      await Effect.runPromise(open(file));
      await Effect.runPromise(open(file));
    }
  });

  it("interrupted by a fault at any statement are finished by the next start", async () => {
    for (let fatal = 1; ; fatal++) {
      const file = newFile();
      let statements = 0;
      const onStatement = (): void => {
        statements += 1;
        if (statements === fatal) throw new Error("fault");
      };
      const first = await Effect.runPromiseExit(Effect.scoped(sqliteStore(file, { onStatement }).open));
      await Effect.runPromise(open(file));
      if (first._tag === "Success") break;
      expect(fatal).toBeLessThan(200);
    }
  });

  it("are each made by one of eight processes that start at once", async () => {
    const file = newFile();
    const children = Array.from({ length: 8 }, () => startChild("open-at-once.ts", [file]));
    const made = (await startTogether(children)).map(({ output }) => Number(/made (\d+)$/m.exec(output)?.[1]));
    expect(made.reduce((sum, each) => sum + each)).toBe(migrations.length);
  });
});

describe("a database is refused in a sentence when", () => {
  it("it is of a newer schema", async () => {
    const file = await newDatabase();
    change(
      file,
      "insert into muster_migrations select version + 1, 'later', checksum, fingerprint, applied_at from muster_migrations order by version desc limit 1",
    );
    expect(await refusal(file)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringMatching(
        /has schema version \d+, .* knows versions up to \d+: use a Muster that is as new/,
      ),
    });
  });

  it("another build made its schema", async () => {
    const file = await newDatabase();
    change(file, "update muster_migrations set checksum = 'other'");
    expect(await refusal(file)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("its checksum differs from ours"),
    });
  });

  it.each([
    ["a column was added", "alter table muster_users add column shoe_size integer"],
    ["an index was dropped", "drop index muster_users_by_email"],
    ["a trigger was dropped", "drop trigger muster_users_legal_move"],
    ["a table was dropped", "drop table muster_keys"],
  ])("%s", async (_, statement) => {
    const file = await newDatabase();
    change(file, statement);
    expect(await refusal(file)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("altered by something other than Muster"),
    });
  });

  it("somebody else's tables have our names", async () => {
    const file = newFile();
    change(file, "create table muster_users (id text)");
    expect(await refusal(file)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("it was not made by Muster"),
    });
  });
});

describe("a database is accepted when", () => {
  it("the host keeps tables and indexes of its own in it", async () => {
    const file = await newDatabase();
    change(
      file,
      "create table posts (id integer primary key, author text)",
      "create index users_by_locale on muster_users (locale)",
      "create view muster_everybody as select * from muster_users",
      "analyze",
      "vacuum",
    );
    await Effect.runPromise(open(file));
  });
});
