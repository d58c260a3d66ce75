import type { UserCondition, UserSelection } from "@muster/core/ports";
import { aUser, insertUsers, moment, sortFields } from "@muster/core/testing";
import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

const search = { kind: "search", fields: ["username", "email", "firstName", "lastName", "displayName"] } as const;
const blue: UserCondition = { kind: "json", field: "metadata", part: { team: "blue" } };
const tagged: UserCondition = { kind: "tags", match: "any", tags: ["a"] };

const filters: { readonly [kind: string]: UserCondition } = {
  none: { kind: "all", of: [] },
  id: { kind: "oneOf", field: "id", values: ["1", "2"] },
  email: { kind: "oneOf", field: "email", values: ["jane@example.com"] },
  status: { kind: "oneOf", field: "status", values: ["enabled"] },
  "rare status": { kind: "oneOf", field: "status", values: ["disabled", "deleted"] },
  role: { kind: "oneOf", field: "role", values: ["admin"] },
  owner: { kind: "oneOf", field: "ownerId", values: ["1"] },
  "no owner": { kind: "absent", field: "ownerId" },
  contains: { kind: "contains", field: "firstName", text: "jane" },
  "contains two characters": { kind: "contains", field: "firstName", text: "ja" },
  "contains in a plain text": { kind: "contains", field: "phoneNumber", text: "555" },
  "prefix of the username": { kind: "prefix", field: "username", text: "ja" },
  "prefix of the last name": { kind: "prefix", field: "lastName", text: "ja" },
  "prefix of the display name": { kind: "prefix", field: "displayName", text: "ja" },
  "created after": { kind: "after", field: "createdAt", value: 1 },
  "logged in before": { kind: "before", field: "lastLoginAt", value: 1 },
  "number of logins": { kind: "equals", field: "loginCount", value: 1 },
  tag: tagged,
  "all of the tags": { kind: "tags", match: "all", tags: ["a", "b"] },
  "one of the tags": { kind: "tags", match: "any", tags: ["a", "b"] },
  "none of the tags": { kind: "tags", match: "none", tags: ["a"] },
  metadata: blue,
  "nested metadata": { kind: "json", field: "privateMetadata", part: { roles: [{ name: "x", of: [1, { y: null }] }] } },
  search: { ...search, text: "lovelace" },
  "search of two characters": { ...search, text: "lo" },
  and: { kind: "all", of: [tagged, blue, { ...search, text: "jane" }] },
  or: { kind: "any", of: [tagged, blue] },
  not: { kind: "not", of: { kind: "all", of: [tagged, blue] } },
};

/** Every text that listing and counting by a filter compiles, whatever the sort, the direction and the place. */
const textsOf = async (file: string, where: UserCondition, candidateCap: number): Promise<readonly string[]> => {
  const texts = new Set<string>();
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const { users } = yield* sqliteStore(file, { candidateCap, onPrepare: (sql) => texts.add(sql) }).open;
        texts.clear();
        for (const sortBy of sortFields) {
          for (const descending of [false, true]) {
            const key = sortBy.endsWith("At") ? moment().getTime() : "m";
            const page: UserSelection = { where, sortBy, descending, limit: 50 };
            yield* users.list("acme", page);
            yield* users.list("acme", { ...page, offset: 10 });
            yield* users.list("acme", { ...page, after: { key, id: "m" } });
          }
        }
        yield* users.count("acme", where);
        yield* users.count("acme", where, 1_000);
      }),
    ),
  );
  return [...texts];
};

/** The steps of a plan that read a whole table of ours, sort, or build an index for the occasion. */
const faultsOf = (database: Database.Database, sql: string): readonly string[] => {
  const parameters = Array.from(sql.matchAll(/\+\?/g), () => "[]");
  const steps = database.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(parameters);
  return steps
    .map(({ detail }) => detail)
    .filter((step) => /TEMP B-TREE|AUTOMATIC|^SCAN (u|s|m|muster_\w+)(?! VIRTUAL TABLE INDEX)\b/.test(step));
};

describe("no list and no count reads a whole table, sortFields or builds an index on the way", () => {
  it.each(Object.entries(filters))("filtered by %s", async (_, where) => {
    const file = newFile();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(file, { synchronous: "normal" }).open;
          const users = Array.from({ length: 4 }, (__, number) =>
            aUser({
              firstName: "Jane",
              lastName: "Lovelace",
              tags: ["a", "b"],
              metadata: { team: "blue" },
              ownerId: "1",
              id: String(number),
              role: "admin",
            }),
          );
          for (const tenant of ["acme", "b", "c", "d", "e", "f", "g", "h"]) yield* insertUsers(storage, tenant, users);
        }),
      ),
    );
    const database = new Database(file);
    try {
      const texts = [...(await textsOf(file, where, 0)), ...(await textsOf(file, where, 1_000))];
      expect(texts.length).toBeGreaterThan(5);
      for (const sql of texts) {
        expect(faultsOf(database, sql), sql).toEqual([]);
        // A bare parameter would have SQLite plan anew with each value.
        expect(sql).not.toMatch(/(?<!\+)\?/);
      }
      // A host that lets SQLite gather statistics must not get other plans for it.
      database.exec("analyze");
      for (const sql of texts) expect(faultsOf(database, sql), `analyzed: ${sql}`).toEqual([]);
    } finally {
      database.close();
    }
  });

  it("(which would be found: an unindexed sort is a fault)", async () => {
    const file = newFile();
    await Effect.runPromise(Effect.scoped(sqliteStore(file).open));
    const database = new Database(file);
    expect(faultsOf(database, "select id from muster_users order by locale")).toHaveLength(2);
    expect(faultsOf(database, "select u.id from muster_users as u where u.locale = +?")).toHaveLength(1);
    database.close();
  });
});
