import type { AccessChange, Storage } from "@muster/core/ports";
import { moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { channelOf } from "../src/access-messages.ts";
import { type KyselyTransaction, type PostgresOptions, postgresStore } from "../src/index.ts";
import { namesIn } from "../src/names.ts";
import { startChild } from "./child.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let patience = 0; !(await isSo()); patience++) {
    if (patience === 500) throw new Error("It never came to that.");
    await new Promise((go) => setTimeout(go, 10));
  }
};

const append = (storage: Storage<KyselyTransaction>, userId: string): Promise<void> =>
  Effect.runPromise(
    storage.transact(({ accessChanges }) => accessChanges.append({ tenant: "acme", userId }, moment())),
  );

interface Listener {
  readonly storage: Storage<KyselyTransaction>;
  readonly schema: string;
  readonly heard: readonly string[];
  /** How often it began to listen. */
  readonly times: () => number;
}

/** A store that listens, and what it hears. */
const listening = async (
  options: PostgresOptions,
  body: (listener: Listener) => Promise<void>,
  isWaiting = true,
): Promise<void> => {
  const schema = newSchema();
  let times = 0;
  const onStatement = (sql: string): void => {
    if (sql.startsWith("listen")) times += 1;
  };
  const heard: string[] = [];
  const open = Effect.flatMap(postgresStore({ ...options, schema, onStatement }).open, (storage) =>
    Effect.promise(async () => {
      const leave = storage.onAccessChange?.(({ tenant, userId }: AccessChange) => {
        heard.push(`${tenant}/${userId}`);
      });
      if (isWaiting) await until(() => times === 1);
      await body({ storage, schema, heard, times: () => times });
      leave?.();
    }),
  );
  await Effect.runPromise(Effect.scoped(open));
};

const listenersIn = async (url: string): Promise<readonly number[]> =>
  withClient(url, async (client) => {
    const sql = "select pid from pg_stat_activity where application_name = $1";
    return (await client.query(sql, ["muster-ears"])).rows.map(({ pid }) => pid);
  });

describe("a store that listens", () => {
  it("hears what another process commits, once it is committed, and nothing of what is rolled back", async () => {
    const connectionString = await anyDatabase();
    await listening({ connectionString }, async ({ schema, heard }) => {
      const other = postgresStore({ connectionString, schema }).open;
      await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const storage = yield* other;
            yield* Effect.flip(
              storage.transact(({ accessChanges }) =>
                Effect.andThen(
                  accessChanges.append({ tenant: "acme", userId: "nobody" }, moment()),
                  Effect.fail("no" as const),
                ),
              ),
            );
            yield* Effect.promise(() => append(storage, "jane"));
          }),
        ),
      );
      await until(() => heard.length > 0);
      expect(heard).toEqual(["acme/jane"]);
    });
  });

  it("hears what the app's own transaction holds when the app commits it", async () => {
    const connectionString = await anyDatabase();
    const app = new Kysely<object>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) });
    await listening({ connectionString }, async ({ storage, heard }) => {
      await app.transaction().execute(async (trx) => {
        await append(storage.within(trx), "jane");
        await append(storage, "joe");
        await until(() => heard.length > 0);
        expect(heard).toEqual(["acme/joe"]);
      });
      await until(() => heard.length > 1);
      expect(heard).toEqual(["acme/joe", "acme/jane"]);
    });
    await app.destroy();
  });

  it("listens again after the server ended its connection", async () => {
    const connectionString = await anyDatabase();
    const options = { connectionString, applicationName: "muster-ears" };
    await listening(options, async ({ storage, heard, times }) => {
      for (const pid of await listenersIn(connectionString)) {
        await withClient(connectionString, (client) => client.query("select pg_terminate_backend($1)", [pid]));
      }
      await until(() => times() === 2);
      await until(async () => {
        await append(storage, "jane");
        return heard.length > 0;
      });
      expect(new Set(heard)).toEqual(new Set(["acme/jane"]));
    });
    await until(async () => (await listenersIn(connectionString)).length === 0);
  });

  it("takes no notice of what others say in its channel", async () => {
    const connectionString = await anyDatabase();
    await listening({ connectionString }, async ({ storage, schema, heard }) => {
      await withClient(connectionString, async (client) => {
        for (const said of ["", "nonsense", "null", "[]", "[1,2]", '{"tenant":"acme"}', '["acme"]']) {
          await client.query("select pg_notify($1, $2)", [channelOf(namesIn(schema)), said]);
        }
      });
      await append(storage, "jane");
      await until(() => heard.length > 0);
      expect(heard).toEqual(["acme/jane"]);
    });
  });

  it("hears nothing of a name that is too long for a message, which is committed all the same", async () => {
    const connectionString = await anyDatabase();
    await listening({ connectionString }, async ({ storage, heard }) => {
      await append(storage, "x".repeat(9_000));
      await append(storage, "jane");
      await until(() => heard.length > 0);
      expect(heard).toEqual(["acme/jane"]);
      const page = await Effect.runPromise(storage.accessChanges.since(0));
      expect(page.changes.map(({ userId }) => userId.length)).toEqual([9_000, 4]);
    });
  });

  it("uses none of the connections of the host's pool unless it is told to; one then, which comes back", async () => {
    const pool = new pg.Pool({ connectionString: await anyDatabase() });
    await listening(
      { pool },
      async ({ storage }) => {
        expect(storage.onAccessChange).toBeUndefined();
        expect(pool.totalCount - pool.idleCount).toBe(0);
      },
      false,
    );
    await listening({ pool, listen: true }, async ({ storage, heard }) => {
      await append(storage, "jane");
      await until(() => heard.length > 0);
      expect(pool.totalCount - pool.idleCount).toBe(1);
    });
    expect(pool.totalCount - pool.idleCount).toBe(0);
    await pool.end();
  });

  it("may have a way of its own to the database", async () => {
    const url = await anyDatabase();
    const ears = new URL(url);
    ears.searchParams.set("application_name", "muster-ears");
    const pool = new pg.Pool({ connectionString: url });
    await listening({ pool, listen: ears.href }, async ({ storage, heard }) => {
      await append(storage, "jane");
      await until(() => heard.length > 0);
      expect(await listenersIn(url)).toHaveLength(1);
    });
    await pool.end();
  });

  it("lets a program that closes the store come to its end", async () => {
    const child = startChild("listen-and-close.ts", [await anyDatabase(), newSchema()]);
    expect(await child.finished).toMatchObject({ code: 0, output: "closed\n" });
  });

  it("keeps no process alive", async () => {
    const child = startChild("listen-and-leave.ts", [await anyDatabase(), newSchema()]);
    expect(await child.finished).toMatchObject({ code: 0, output: "listening\n" });
  });
});
