import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { askOfAccess } from "../../store-kysely/test/access-questions.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

/** Steps that read a whole table, or an index without a condition on more than the tenant. */
const faultsOf = (database: Database.Database, sql: string): readonly string[] => {
  const parameters = Array.from(sql.matchAll(/\+\?/g), () => "[]");
  const steps = database.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(parameters);
  return steps
    .map(({ detail }) => detail)
    .filter((step) => /AUTOMATIC|^SCAN (?!e\b|SUBQUERY|CONSTANT|\(subquery)|\(tenant=\?\)$/.test(step));
};

describe("whatever is asked of groups and grants", () => {
  it("is looked up in an index by more than the tenant, with and without statistics", async () => {
    const file = newFile();
    const texts = new Set<string>();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(file, { onPrepare: (sql) => texts.add(sql) }).open;
          texts.clear();
          yield* askOfAccess(storage);
        }),
      ),
    );
    const database = new Database(file);
    // A list of all groups walks the index of names.
    const ofAll = /from "muster_groups" as "g" where "g"."tenant" = \+\? order by/;
    const asked = [...texts].filter((sql) => !ofAll.test(sql));
    expect(asked.length).toBeGreaterThan(10);
    for (const sql of asked) expect(faultsOf(database, sql), sql).toEqual([]);
    database.exec(
      `insert into muster_group_members values ('acme', 'g', 'u', 1);
      insert into muster_user_grants values ('acme', 'u', 'location', '1', 'view', 1);
      insert into muster_group_grants values ('acme', 'g', 'location', '1', 'view', 1);
      analyze`.replace(/^/, "pragma foreign_keys = off;"),
    );
    for (const sql of asked) expect(faultsOf(database, sql), `analyzed: ${sql}`).toEqual([]);
    database.close();
  });
});
