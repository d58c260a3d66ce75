import type { Storage } from "@muster/core/ports";
import { aUser } from "@muster/core/testing";
import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { CamelCasePlugin, Kysely, SqliteDialect } from "kysely";
import { describe, expect, it } from "vitest";
import { type KyselyTransaction, sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

interface AppTables {
  readonly posts: { readonly id: number; readonly authorId: string };
}

const newFile = temporaryFiles();

interface Host {
  readonly storage: Storage<KyselyTransaction>;
  readonly app: Kysely<AppTables>;
}

/** An app with tables of its own, plugins included, in the file in which users are kept. */
const withHost = async (body: (host: Host) => Promise<void>): Promise<void> => {
  const file = newFile();
  const database = new Database(file);
  const app = new Kysely<AppTables>({
    dialect: new SqliteDialect({ database }),
    plugins: [new CamelCasePlugin()],
  });
  try {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(sqliteStore(file).open, (storage) =>
          Effect.promise(async () => {
            database.exec("create table posts (id integer primary key, author_id text not null)");
            await body({ storage, app });
          }),
        ),
      ),
    );
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
});
const insert = (storage: Storage<KyselyTransaction>, user = jane) =>
  storage.transact(({ users }) => users.insert("acme", user));
const isThere = (storage: Storage<KyselyTransaction>, id = "jane") =>
  Effect.runPromise(Effect.map(storage.users.find("acme", id), Option.isSome));

describe("within the app's own transaction", () => {
  it("a user and the app's rows are committed together", () =>
    withHost(async ({ storage, app }) => {
      await app.transaction().execute(async (trx) => {
        await trx.insertInto("posts").values({ id: 1, authorId: "jane" }).execute();
        const inside = storage.within(trx);
        await Effect.runPromise(insert(inside));
        expect(await isThere(inside)).toBe(true);
        expect(await isThere(storage)).toBe(false);
      });
      expect(await Effect.runPromise(storage.users.find("acme", "jane"))).toEqual(Option.some(jane));
      expect(await app.selectFrom("posts").selectAll().execute()).toEqual([{ id: 1, authorId: "jane" }]);
    }));

  it("a user goes with the app's rows when it rolls back", () =>
    withHost(async ({ storage, app }) => {
      const failing = app.transaction().execute(async (trx) => {
        await trx.insertInto("posts").values({ id: 1, authorId: "jane" }).execute();
        await Effect.runPromise(insert(storage.within(trx)));
        throw new Error("the app changed its mind");
      });
      await expect(failing).rejects.toThrow("changed its mind");
      expect(await isThere(storage)).toBe(false);
      expect(await app.selectFrom("posts").selectAll().execute()).toEqual([]);
    }));

  it("a call that fails leaves the transaction as it was, and it can go on", () =>
    withHost(async ({ storage, app }) => {
      await app.transaction().execute(async (trx) => {
        const inside = storage.within(trx);
        await Effect.runPromise(insert(inside));
        const twice = inside.transact(({ users }) =>
          Effect.andThen(
            users.insert("acme", aUser({ id: "joe" })),
            users.insert("acme", aUser({ username: "jane@example.com" })),
          ),
        );
        expect(await Effect.runPromise(Effect.flip(twice))).toMatchObject({ _tag: "UsernameTaken" });
        expect(await isThere(inside, "joe")).toBe(false);
        await trx.insertInto("posts").values({ id: 2, authorId: "jane" }).execute();
      });
      expect(await isThere(storage)).toBe(true);
      expect(await app.selectFrom("posts").select("id").execute()).toEqual([{ id: 2 }]);
    }));

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
      const count = storage.users.count("acme", { kind: "all", of: [] });
      expect(await Effect.runPromise(count)).toBe(20);
    }));

  it("lists, search and metadata work without anything registered on the app's connection", () =>
    withHost(async ({ storage, app }) => {
      await app.transaction().execute(async (trx) => {
        const inside = storage.within(trx);
        await Effect.runPromise(insert(inside));
        for (const where of [
          { kind: "search", fields: ["username"], text: "jan" },
          { kind: "json", field: "metadata", part: { team: "blue" } },
          { kind: "tags", match: "all", tags: ["a"] },
        ] as const) {
          const list = inside.users.list("acme", { where, sortBy: "username", descending: false, limit: 5 });
          expect(await Effect.runPromise(list)).toEqual([jane]);
        }
      });
    }));

  it("a Kysely that is no transaction is refused", () =>
    withHost(async ({ storage, app }) => {
      // @ts-expect-error its statements would run on any connection
      expect(() => storage.within(app)).toThrow("within() takes a Kysely transaction");
    }));

  it("a host that reads integers as bigint gets numbers and dates all the same", async () => {
    const file = newFile();
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(sqliteStore(file).open, (storage) =>
          Effect.promise(async () => {
            const database = new Database(file).defaultSafeIntegers(true);
            const app = new Kysely<AppTables>({ dialect: new SqliteDialect({ database }) });
            await app.transaction().execute(async (trx) => {
              const inside = storage.within(trx);
              await Effect.runPromise(insert(inside));
              expect(await Effect.runPromise(inside.users.find("acme", "jane"))).toEqual(Option.some(jane));
              const list = inside.users.list("acme", {
                where: { kind: "tags", match: "any", tags: ["a"] },
                sortBy: "updatedAt",
                descending: true,
                limit: 5,
              });
              expect(await Effect.runPromise(list)).toEqual([jane]);
            });
            await app.destroy();
          }),
        ),
      ),
    );
  });
});
