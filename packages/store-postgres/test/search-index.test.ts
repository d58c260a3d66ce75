import { agreeOnLists, insertUsers, memoryStore, randomUsers, seededRandom } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { temporaryDatabase, withClient } from "./postgres.ts";

const database = await temporaryDatabase();
const role = new URL(database).pathname.slice(1);

const search = (text: string) =>
  ({
    where: { kind: "search", fields: ["username", "email"], text },
    sortBy: "username",
    descending: false,
    limit: 5,
  }) as const;

describe("a user of the database who may not install an extension", () => {
  it("gets the same lists without an index for parts of texts, and with the one that is made once somebody else installs it", async () => {
    await withClient(database, async (client) => {
      await client.query(`create role "${role}" login password 'x'`);
      await client.query(`create schema app authorization "${role}"`);
    });
    const limited = new URL(database);
    limited.username = role;
    limited.password = "x";
    const users = randomUsers(seededRandom(5), 80);
    const statements: string[] = [];
    const onStatement = (sql: string): void => void statements.push(sql);
    const run = (isFirst: boolean) =>
      Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const left = yield* memoryStore().open;
            const right = yield* postgresStore({ connectionString: limited.href, schema: "app", onStatement }).open;
            yield* insertUsers(left, "acme", users);
            if (isFirst) yield* insertUsers(right, "acme", users);
            statements.length = 0;
            yield* right.users.list("acme", search("exam"));
            const searched = [...statements];
            yield* agreeOnLists({ stores: { left, right }, tenant: "acme", users, seed: 1, cases: 150 });
            return searched;
          }),
        ),
      );
    try {
      const without = await run(true);
      expect(without).toHaveLength(1);
      expect(without[0]).not.toContain("like");
      await withClient(database, async (client) => {
        await client.query("create extension pg_trgm");
      });
      expect((await run(false))[0]).toContain("like");
    } finally {
      await withClient(database, (client) => client.query(`drop owned by "${role}" cascade; drop role "${role}"`));
    }
  });
});
