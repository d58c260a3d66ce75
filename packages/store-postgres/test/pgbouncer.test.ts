import { aSession, aUser, moment, storageContract } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { migrations } from "../src/schema.ts";
import { later, migrateLater } from "./later-migrations.ts";
import { anyDatabase, emptySchemas, temporarySchemas, withClient } from "./postgres.ts";
import { type Pooler, pgbouncer, startPooler } from "./server/pgbouncer.ts";

const connections = 2;
const clients = 20;

/** Rooms of the contract that are about what a statement means are the same whichever connection it takes. */
const roomsOfMeaning = new Set(["lists", "cursors", "counts", "texts"]);

const throughPgbouncer = (command: string): void => {
  let pooler: Pooler;
  beforeAll(async () => {
    pooler = await startPooler(command, await anyDatabase(), connections);
  });
  afterAll(() => pooler.end());
  const newSchema = temporarySchemas(anyDatabase);
  const emptySchema = emptySchemas(anyDatabase);

  it("twenty clients write and read at the same time", async () => {
    const schema = newSchema();
    const applicationName = "muster-pooled";
    const options = { connectionString: pooler.url, schema, maxConnections: clients, applicationName };
    const work = Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* postgresStore(options).open;
        const jobs = Array.from({ length: clients }, (_, client) =>
          Effect.gen(function* () {
            for (let count = 0; count < 5; count++) {
              const user = aUser({ username: `user ${client} ${count}`, tags: [`client ${client}`] });
              yield* storage.transact(({ users, sessions }) =>
                Effect.andThen(
                  users.insert("acme", user),
                  sessions.insert("acme", aSession(user.id, { id: `session of ${user.id}` }), "no hash"),
                ),
              );
              yield* storage.users.find("acme", user.id);
              yield* storage.accessChanges.since(0);
            }
            return yield* storage.users.count("acme", { kind: "tags", match: "any", tags: [`client ${client}`] });
          }),
        );
        return yield* Effect.all(jobs, { concurrency: "unbounded" });
      }),
    );
    expect(await Effect.runPromise(work)).toEqual(Array.from({ length: clients }, () => 5));
    const inUse = await withClient(await anyDatabase(), (client) =>
      client.query("select from pg_stat_activity where application_name = $1", [applicationName]),
    );
    expect(inUse.rowCount).toBeGreaterThan(0);
    expect(inUse.rowCount).toBeLessThanOrEqual(connections);
  });

  it("nobody listens, since messages would reach somebody else: the feed alone tells of changes", async () => {
    const statements: string[] = [];
    const onStatement = (sql: string): void => void statements.push(sql);
    const schema = newSchema();
    const work = Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* postgresStore({ connectionString: pooler.url, schema, onStatement }).open;
        const heard: string[] = [];
        storage.onAccessChange?.(({ userId }) => heard.push(userId));
        yield* storage.transact(({ accessChanges }) =>
          accessChanges.append({ tenant: "acme", userId: "jane" }, moment()),
        );
        yield* Effect.sleep(300);
        const { changes } = yield* storage.accessChanges.since(0);
        return { heard, told: changes.map(({ userId }) => userId) };
      }),
    );
    expect(await Effect.runPromise(work)).toEqual({ heard: [], told: ["jane"] });
    expect(statements.some((sql) => sql.includes("pg_backend_pid"))).toBe(true);
    expect(statements.filter((sql) => /^listen/.test(sql))).toEqual([]);
  });

  it("indexes are made beside others, each once, by four who start at once", async () => {
    const [schema, statements] = [newSchema(), [] as string[]];
    const four = Array.from({ length: 4 }, () => migrateLater(pooler.url, schema, (sql) => statements.push(sql)));
    await Effect.runPromise(Effect.all(four, { concurrency: "unbounded" }));
    expect(statements.filter((sql) => sql.startsWith("create index concurrently"))).toHaveLength(2);
    expect(statements.filter((sql) => /^insert into \S+muster_migrations/.test(sql))).toHaveLength(
      migrations.length + later.length,
    );
  });

  storageContract({
    describe: (about, define) => {
      if (!roomsOfMeaning.has(about)) describe(about, define);
    },
    it,
    open: async () =>
      postgresStore({
        connectionString: pooler.url,
        schema: await emptySchema(),
        maxConnections: clients,
        listen: await anyDatabase(),
      }),
  });
};

const about = "through pgbouncer, which lends two connections for a transaction at a time";
const command = pgbouncer;
if (command === undefined) it.skip(`${about} (pgbouncer is not installed on this machine)`);
else describe(about, () => throughPgbouncer(command));
