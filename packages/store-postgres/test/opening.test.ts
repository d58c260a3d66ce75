import type { Storage } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { type PostgresOptions, postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
const refusal = (options: unknown) =>
  Effect.runPromise(Effect.flip(Effect.scoped(postgresStore(options as PostgresOptions).open)));

describe("opening is refused in a sentence when", () => {
  it.each([
    ["nothing is given", {}, "it takes either pool or connectionString"],
    ["both are given", { pool: {}, connectionString: "postgres://x" }, "it takes either pool or connectionString"],
    ["the pool is none", { pool: "postgres://x" }, "pool is a Pool of pg"],
    ["it is a path", { connectionString: "users.db" }, "connectionString begins with postgres://"],
    [
      "the schema has no name",
      { connectionString: "postgres://x", schema: "" },
      "schema is a name of at most 63 bytes",
    ],
    [
      "the schema's name is too long",
      { connectionString: "postgres://x", schema: "ä".repeat(32) },
      "schema is a name of at most 63 bytes",
    ],
    [
      "a cap is no number",
      { connectionString: "postgres://x", candidateCap: -1 },
      "candidateCap is a whole number from 0 on",
    ],
    [
      "there may be no connection",
      { connectionString: "postgres://x", maxConnections: 0 },
      "maxConnections is a whole number from 1",
    ],
  ])("%s", async (_, options, sentence) => {
    expect(await refusal(options)).toMatchObject({
      _tag: "InvalidConfiguration",
      message: `postgresStore: ${sentence}.`,
    });
  });

  it("nobody listens there", async () => {
    expect(await refusal({ connectionString: "postgres://nobody@127.0.0.1:1/x" })).toMatchObject({
      _tag: "StoreUnavailable",
      message: "The database is not available: it cannot be reached.",
      retryable: true,
    });
  });

  it("there is no such database", async () => {
    const connectionString = (await anyDatabase()).replace(/[^/]*$/, "nowhere");
    expect(await refusal({ connectionString })).toMatchObject({
      _tag: "StoreUnavailable",
      message: "The database is not available: there is no database of this name.",
      retryable: false,
    });
  });

  it("the database is not encoded in UTF-8", async () => {
    const url = await anyDatabase();
    const name = `${newSchema()}_latin`;
    await withClient(url, (client) =>
      client.query(`create database "${name}" template template0 encoding 'LATIN1' locale 'C'`),
    );
    expect(await refusal({ connectionString: url.replace(/[^/]*$/, name) })).toMatchObject({
      _tag: "InvalidConfiguration",
      message: "postgresStore: the database is encoded in LATIN1, not in UTF8.",
    });
    await withClient(url, (client) => client.query(`drop database "${name}"`));
  });
});

describe("a connection of our own", () => {
  it("has a name, a limit for statements, and is closed with the store", async () => {
    const url = await anyDatabase();
    const mine = async () =>
      withClient(url, async (client) => {
        const sql = "select pid from pg_stat_activity where application_name = 'muster-opening'";
        return (await client.query(sql)).rows.length;
      });
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const options = { applicationName: "muster-opening", statementTimeoutMilliseconds: 300 };
          const storage = yield* postgresStore({ connectionString: url, schema: newSchema(), ...options }).open;
          expect(yield* Effect.promise(mine)).toBeGreaterThan(0);
          yield* storage.check();
        }),
      ),
    );
    for (let patience = 0; (await mine()) > 0 && patience < 50; patience++)
      await new Promise((go) => setTimeout(go, 20));
    expect(await mine()).toBe(0);
  });

  it("makes every later call fail as unavailable, as does a pool of the host's", async () => {
    const pool = new pg.Pool({ connectionString: await anyDatabase() });
    for (const options of [{ connectionString: await anyDatabase() }, { pool }]) {
      const open = postgresStore({ ...options, schema: newSchema() } as PostgresOptions).open;
      const storage: Storage<never> = await Effect.runPromise(Effect.scoped(open));
      const calls = [storage.check(), storage.users.find("acme", "1"), storage.transact(({ keys }) => keys.list())];
      for (const call of calls) {
        expect(await Effect.runPromise(Effect.flip(Effect.asVoid<unknown, unknown, never>(call)))).toMatchObject({
          _tag: "StoreUnavailable",
          reason: "it was closed",
          retryable: false,
        });
      }
    }
    expect(pool.listenerCount("error")).toBe(0);
    await pool.end();
  });
});

describe("when all connections of a pool are taken", () => {
  it("a call fails within two seconds and says that it may be repeated; a connection that comes later is not lost", async () => {
    const pool = new pg.Pool({ connectionString: await anyDatabase(), max: 1 });
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* postgresStore({ pool, schema: newSchema() }).open;
          const taken = yield* Effect.promise(() => pool.connect());
          const start = performance.now();
          const failures = yield* Effect.all(
            [Effect.flip(storage.check()), Effect.flip(storage.transact(() => Effect.void))],
            {
              concurrency: "unbounded",
            },
          );
          expect(performance.now() - start).toBeLessThan(3_000);
          for (const failure of failures) expect(failure).toMatchObject({ _tag: "StoreUnavailable", retryable: true });
          taken.release();
          yield* storage.check();
          expect([pool.totalCount, pool.waitingCount]).toEqual([1, 0]);
        }),
      ),
    );
    await pool.end();
  });
});
