import type { Storage } from "@muster/core/ports";
import {
  agreeOnLists,
  aHash,
  aKey,
  anAuditEvent,
  aRotation,
  aSession,
  aUser,
  changed,
  insertUsers,
  memoryStore,
  moment,
  randomUsers,
  seededRandom,
} from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { namesIn } from "../src/names.ts";
import { migrations } from "../src/schema.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
const tables = migrations
  .flatMap(({ statements }) => statements)
  .map((statement) => /^create table (\w+)/.exec(statement)?.[1])
  .filter((name) => name !== undefined);

/** Calls every method of every store. */
const useEverything = Effect.fnUntraced(function* (storage: Storage) {
  const jane = aUser({
    id: "jane",
    username: "jane",
    email: "jane@example.com",
    tags: ["a"],
    metadata: { a: [{ b: 1, c: 2 }] },
  });
  const gone = aUser({ id: "gone", status: "deleted", deletedAt: moment() });
  yield* storage.transact(({ users, credentials, sessions, keys, audit, accessChanges }) =>
    Effect.gen(function* () {
      yield* users.insert("acme", jane);
      yield* users.insert("acme", gone);
      yield* Effect.flip(users.insert("acme", aUser({ username: "jane@example.com" })));
      yield* users.update("acme", jane, changed(jane, { username: "janet", tags: ["b"] }));
      yield* users.recordLogin("acme", "jane", moment());
      yield* users.hasOtherEnabledAdmin("acme", "jane");
      yield* users.listDeletedBefore("acme", moment(1), 10);
      yield* users.remove("acme", "gone");
      yield* credentials.put("acme", "jane", "hash", moment());
      yield* credentials.put("acme", "jane", "hash", moment());
      yield* credentials.replace("acme", "jane", "hash", "new hash", moment());
      yield* sessions.insert("acme", aSession("jane", { id: "s" }), "new hash");
      yield* sessions.rotate("acme", aRotation("s", { presentedHash: aHash(1) }));
      yield* sessions.revoke("acme", "s", moment(1));
      yield* sessions.revokeAll("acme", "jane", moment(1));
      yield* sessions.removeEndedBefore(moment(9), 10);
      yield* keys.insert(aKey());
      yield* audit.append("acme", anAuditEvent());
      yield* accessChanges.append({ tenant: "acme", userId: "jane" }, moment());
    }),
  );
  yield* storage.users.find("acme", "jane");
  yield* storage.users.findByIdentifier("acme", "janet");
  yield* storage.credentials.find("acme", "jane");
  yield* storage.credentials.findCandidate("acme", "janet");
  yield* storage.sessions.find("acme", "s");
  yield* storage.sessions.findHolder("acme", "s", moment());
  yield* storage.sessions.list("acme", "jane", moment(), 10);
  yield* storage.keys.list();
  yield* storage.audit.list("acme", { limit: 10, userId: "somebody" });
  expect((yield* storage.accessChanges.since(0)).changes).toHaveLength(1);
  yield* storage.accessChanges.latest();
  yield* storage.accessChanges.prune(moment(5));
});

describe("names", () => {
  it("of tables with a quote, a dollar sign, capitals or a space in their schema work", async () => {
    const connectionString = await anyDatabase();
    for (const odd of ['a "quoted" one', "$1", "Ünï", "muster_"]) {
      const schema = `${newSchema()}${odd}`.slice(-40);
      const scope = Effect.scoped(Effect.flatMap(postgresStore({ connectionString, schema }).open, useEverything));
      await Effect.runPromise(scope);
      await withClient(connectionString, (client) =>
        client.query(`drop schema "${schema.replaceAll('"', '""')}" cascade`),
      );
    }
  });

  it("stand in every statement with their schema, so that decoys first in the search path are never touched", async () => {
    const [url, schema, decoys] = [await anyDatabase(), newSchema(), newSchema()];
    await withClient(url, async (client) => {
      await client.query(`create schema "${decoys}"`);
      for (const table of [...tables, "muster_migrations"]) {
        await client.query(`create table "${decoys}".${table} (decoy integer)`);
      }
    });
    const connectionString = `${url}?options=${encodeURIComponent(`-c search_path=${decoys}`)}`;
    const statements = new Set<string>();
    const users = randomUsers(seededRandom(7), 60);
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* memoryStore().open;
          for (const candidateCap of [0, 1_000]) {
            const options = {
              connectionString,
              schema,
              candidateCap,
              onStatement: (sql: string) => statements.add(sql),
            };
            const right = yield* postgresStore(options).open;
            const tenant = `acme-${candidateCap}`;
            for (const storage of [left, right]) yield* insertUsers(storage, tenant, users);
            yield* agreeOnLists({ stores: { left, right }, tenant, users, seed: 1, cases: 150 });
            if (candidateCap === 0) yield* useEverything(right);
          }
        }),
      ),
    );
    const bare = [...statements]
      .map((sql) =>
        sql.replaceAll(`"${schema}"."muster_`, "").replace(/^create (index|unique index|trigger) "muster_\w+"/, ""),
      )
      .filter((sql) => /muster_/.test(sql.replaceAll(schema, "")) && !sql.includes("pg_catalog"));
    expect(statements.size).toBeGreaterThan(100);
    expect(bare).toEqual([]);
  });

  it("of migrations are put into the schema, and nothing else is", () => {
    const { written } = namesIn("app");
    expect(written("create index muster_a_by_b on muster_a (b) where c = ?")).toBe(
      'create index "muster_a_by_b" on "app"."muster_a" (b) where c = $1',
    );
    expect(written("select a from muster_a where b = ? and c = ?")).toBe(
      'select a from "app"."muster_a" where b = $1 and c = $2',
    );
  });
});
