import type { Storage } from "@muster/core/ports";
import { anAuditEvent, aSession, aUser, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { CamelCasePlugin, type Generated, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { type KyselyTransaction, postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

interface AppTables {
  readonly posts: { readonly id: Generated<number>; readonly authorId: string };
}

const newSchema = temporarySchemas(anyDatabase);

interface Host {
  readonly storage: Storage<KyselyTransaction>;
  readonly app: Kysely<AppTables>;
}

/** An app with a table of its own, plugins included, whose pool the store uses too. */
const withHost = async (body: (host: Host) => Promise<void>): Promise<void> => {
  const [connectionString, schema, ofApp] = [await anyDatabase(), newSchema(), newSchema()];
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${ofApp}` });
  await pool.query(`create schema "${ofApp}"`);
  await pool.query("create table posts (id bigint generated always as identity, author_id text not null)");
  const app = new Kysely<AppTables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
  try {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(postgresStore({ pool, schema }).open, (storage) => Effect.promise(() => body({ storage, app }))),
      ),
    );
    // The store is closed, the host's pool is not.
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  } finally {
    await app.destroy();
  }
};

const jane = aUser({
  id: "jane",
  username: "jane",
  email: "jane@example.com",
  tags: ["a"],
  metadata: { team: "blue" },
  updatedAt: moment(3),
});
const insert = (storage: Storage<KyselyTransaction>, user = jane) =>
  storage.transact(({ users }) => users.insert("acme", user));
const isThere = (storage: Storage<KyselyTransaction>, id = "jane") =>
  Effect.runPromise(Effect.map(storage.users.find("acme", id), Option.isSome));

describe("within the app's own transaction", () => {
  it("a user and the app's rows are committed together", () =>
    withHost(async ({ storage, app }) => {
      await app.transaction().execute(async (trx) => {
        await trx.insertInto("posts").values({ authorId: "jane" }).execute();
        const inside = storage.within(trx);
        await Effect.runPromise(insert(inside));
        expect(await isThere(inside)).toBe(true);
        expect(await isThere(storage)).toBe(false);
      });
      expect(await Effect.runPromise(storage.users.find("acme", "jane"))).toEqual(Option.some(jane));
      expect(await app.selectFrom("posts").select("authorId").execute()).toEqual([{ authorId: "jane" }]);
    }));

  it("a user goes with the app's rows when it rolls back", () =>
    withHost(async ({ storage, app }) => {
      const failing = app.transaction().execute(async (trx) => {
        await trx.insertInto("posts").values({ authorId: "jane" }).execute();
        await Effect.runPromise(insert(storage.within(trx)));
        throw new Error("the app changed its mind");
      });
      await expect(failing).rejects.toThrow("changed its mind");
      expect(await isThere(storage)).toBe(false);
      expect(await app.selectFrom("posts").selectAll().execute()).toEqual([]);
    }));

  it.each([
    [
      "a username that is taken",
      (inside: Storage) =>
        inside.transact(({ users }) =>
          Effect.andThen(users.insert("acme", aUser({ id: "joe" })), users.insert("acme", aUser({ username: "jane" }))),
        ),
    ],
    [
      "a broken constraint",
      (inside: Storage) =>
        inside.transact(({ users }) =>
          Effect.andThen(users.insert("acme", aUser({ id: "joe" })), users.insert("acme", aUser({ version: 0 }))),
        ),
    ],
  ])("a call that fails of %s leaves the transaction as it was, and it can go on", (_, call) =>
    withHost(async ({ storage, app }) => {
      await app.transaction().execute(async (trx) => {
        const inside = storage.within(trx);
        await Effect.runPromise(insert(inside));
        expect((await Effect.runPromiseExit(call(inside)))._tag).toBe("Failure");
        expect(await isThere(inside, "joe")).toBe(false);
        await trx.insertInto("posts").values({ authorId: "jane" }).execute();
      });
      expect(await isThere(storage)).toBe(true);
      expect(await app.selectFrom("posts").select("authorId").execute()).toEqual([{ authorId: "jane" }]);
    }),
  );

  it("calls made at the same time take turns", () =>
    withHost(async ({ storage, app }) => {
      const users = Array.from({ length: 20 }, (_, number) => aUser({ id: `u${number}` }));
      const outcomes = await app
        .transaction()
        .execute((trx) =>
          Promise.all(
            [...users, ...users].map((user) => Effect.runPromise(Effect.isSuccess(insert(storage.within(trx), user)))),
          ),
        );
      expect(outcomes.filter((isSuccess) => isSuccess)).toHaveLength(20);
    }));

  it("everything reads as outside, though the app's driver hands on 64-bit integers as texts and JSON as objects", () =>
    withHost(async ({ storage, app }) => {
      const early = aUser({ id: "early", updatedAt: new Date(999), tags: ["a"] });
      const read = Effect.fnUntraced(function* (from: Storage<KyselyTransaction>) {
        const where = { kind: "tags", match: "all", tags: ["a"] } as const;
        return {
          user: yield* from.users.find("acme", "jane"),
          list: yield* from.users.list("acme", { where, sortBy: "updatedAt", descending: false, limit: 5 }),
          page: yield* from.users.list("acme", {
            where: { kind: "search", fields: ["username"], text: "jan" },
            sortBy: "createdAt",
            descending: true,
            limit: 1,
          }),
          count: yield* from.users.count("acme", where),
          sessions: yield* from.sessions.list("acme", "jane", moment(), 10),
          audit: yield* from.audit.list("acme", { limit: 5 }),
          feed: yield* from.accessChanges.since(0),
        };
      });
      const inside = await app.transaction().execute((trx) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const within = storage.within(trx);
            yield* within.transact(({ users, credentials, sessions, audit, accessChanges }) =>
              Effect.gen(function* () {
                for (const user of [jane, early]) yield* users.insert("acme", user);
                yield* credentials.put("acme", "jane", "hash", moment());
                yield* sessions.insert("acme", aSession("jane"), "hash");
                yield* audit.append("acme", anAuditEvent({ changes: ["username"] }));
                yield* accessChanges.append({ tenant: "acme", userId: "jane" }, moment());
              }),
            );
            return yield* read(within);
          }),
        ),
      );
      expect(inside.list.map(({ id }) => id)).toEqual(["early", "jane"]);
      expect(inside).toEqual(await Effect.runPromise(read(storage)));
      expect(pg.types.getTypeParser(20)("5")).toBe("5");
    }));
});
