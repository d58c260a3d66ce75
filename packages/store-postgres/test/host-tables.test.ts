import { readFileSync } from "node:fs";
import path from "node:path";
import { createMuster } from "@muster/core";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { type HostApp, usersHeldByAnApp } from "../../store-kysely/test/host-tables.ts";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);

/** @param definition makes the app's tables; their schema, which is also that of Muster's, is first in the path. */
const anAppWith = async (definition: (schema: string) => string) => {
  const [connectionString, schema] = [await anyDatabase(), newSchema()];
  let now = Date.UTC(2026, 0, 1);
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${schema}` });
  const store = postgresStore({ pool, schema, tablePrefix: "auth_", tables: { users: "people" } });
  const muster = await createMuster({ store, issuer: "https://app.example", ports: { clock: { now: () => now } } });
  await pool.query(definition(schema));
  const db: HostApp["db"] = new Kysely({ dialect: new PostgresDialect({ pool }) });
  return {
    muster,
    db,
    pool,
    wait: (days: number): void => {
      now += days * 86_400_000;
    },
    close: async () => {
      await muster.close();
      await db.destroy();
    },
  };
};

describe("users to whom rows of the app refer, in one PostgreSQL schema", () =>
  usersHeldByAnApp(
    (onDelete) =>
      anAppWith(
        () => `create table posts (id bigint generated always as identity primary key, tenant text, author text,
          foreign key (tenant, author) references people (tenant, id) ${onDelete})`,
      ),
    ["on delete restrict", "on delete no action", "deferrable"],
  ));

describe("the statements of the page on embedding", () => {
  it("make tables that hold, and let go of, users as the page says", async () => {
    const page = readFileSync(path.join(import.meta.dirname, "../../../docs/embed-in-your-schema.md"), "utf8");
    const statements = /^```sql\n(.*?)^```/ms.exec(page)?.[1] ?? "";
    const { muster, pool, close } = await anAppWith((schema) => statements.replaceAll("app.", `"${schema}".`));
    const [jane, joe] = [
      await muster.users.create({ username: "jane" }),
      await muster.users.create({ username: "joe" }),
    ];
    await pool.query("insert into invoices (tenant, customer) values ('default', $1)", [jane.id]);
    await pool.query("insert into posts (tenant, author) values ('default', $1)", [joe.id]);
    for (const { id } of [jane, joe]) await muster.users.delete(id);
    await expect(muster.users.purge(jane.id)).rejects.toMatchObject({ code: "user_referenced" });
    await muster.users.purge(joe.id);
    expect((await pool.query("select tenant, author from posts")).rows).toEqual([{ tenant: "default", author: null }]);
    await close();
  });
});
