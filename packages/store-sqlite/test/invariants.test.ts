import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { corruptions } from "../../store-kysely/test/invariants/corruptions.ts";
import { fillWithUsers, lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

/** What is said of a file with users in it after somebody had a hand in it. */
const afterwards = (sql: string): Promise<readonly string[]> => {
  const file = newFile();
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* sqliteStore(file, { synchronous: "normal" }).open;
        yield* fillWithUsers(storage);
        const hand = new Database(file);
        hand.exec("pragma foreign_keys = off; pragma ignore_check_constraints = on");
        const triggers = hand.prepare("select name from sqlite_master where type = 'trigger'").pluck().all();
        for (const trigger of triggers) hand.exec(`drop trigger "${trigger}"`);
        hand.exec(sql);
        hand.close();
        return yield* lookThrough(storage);
      }),
    ),
  );
};

describe("a look through a SQLite file", () => {
  it("finds nothing in one that only Muster wrote to", async () => {
    expect(await afterwards("")).toEqual([]);
  });

  it.each(corruptions)("finds out that somebody $did", async ({ sql, sentence }) => {
    expect(await afterwards(sql)).toContain(sentence);
  });

  it("finds out that the search index tells of texts that are not there", async () => {
    const rename = "update muster_users set last_name = 'Roe', last_name_key = 'roe' where id = 'jane'";
    expect(await afterwards(rename)).toEqual(["The search index does not tell what the table of users does."]);
  });
});
