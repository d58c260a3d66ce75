import { readFileSync } from "node:fs";
import path from "node:path";
import { createMuster, type Muster, type UserView } from "@muster/core";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
const day = 86_400_000;

/** An app with posts, each by a user, in the schema in which Muster keeps them. */
const anApp = async (onDelete: string) => {
  const [connectionString, schema] = [await anyDatabase(), newSchema()];
  let now = Date.UTC(2026, 0, 1);
  const ports = { clock: { now: () => now } };
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${schema}` });
  const store = postgresStore({ pool, schema, tablePrefix: "auth_", tables: { users: "people" } });
  const muster = await createMuster({ store, issuer: "https://app.example", ports });
  await pool.query(`create table posts (id bigint generated always as identity primary key, tenant text, author text,
    foreign key (tenant, author) references people (tenant, id) ${onDelete})`);
  return {
    muster,
    pool,
    schema,
    write: ({ id }: Pick<UserView, "id">) =>
      pool.query("insert into posts (tenant, author) values ('default', $1)", [id]),
    posts: async () =>
      (await pool.query<{ tenant: string; author: string | null }>("select tenant, author from posts")).rows,
    wait: (days: number): void => {
      now += days * day;
    },
    close: async () => {
      await muster.close();
      await pool.end();
    },
  };
};

const somebodyDeleted = async (muster: Muster<never>, username: string): Promise<UserView> => {
  const { id } = await muster.users.create({ username });
  return muster.users.delete(id);
};

describe("the statements of the page on embedding", () => {
  it("make tables that hold, and let go of, users as the page says", async () => {
    const { muster, pool, schema, close } = await anApp("");
    const page = readFileSync(path.join(import.meta.dirname, "../../../docs/embed-in-your-schema.md"), "utf8");
    const statements = /^```sql\n(.*?)^```/ms.exec(page)?.[1] ?? "";
    await pool.query("drop table posts");
    await pool.query(statements.replaceAll("app.", `"${schema}".`));
    const [jane, joe] = [await somebodyDeleted(muster, "jane"), await somebodyDeleted(muster, "joe")];
    await pool.query("insert into invoices (tenant, customer) values ('default', $1)", [jane.id]);
    await pool.query("insert into posts (tenant, author) values ('default', $1)", [joe.id]);
    await expect(muster.users.purge(jane.id)).rejects.toMatchObject({ code: "user_referenced" });
    await muster.users.purge(joe.id);
    expect((await pool.query("select tenant, author from posts")).rows).toEqual([{ tenant: "default", author: null }]);
    await close();
  });
});

describe("a user to whom rows of the app refer", () => {
  it.each(["on delete restrict", "on delete no action", "deferrable"])(
    "stays whole where they forbid the purge: %s",
    async (onDelete) => {
      const { muster, pool, write, close } = await anApp(onDelete);
      const jane = await somebodyDeleted(muster, "jane");
      await write(jane);
      await expect(muster.users.purge(jane.id)).rejects.toMatchObject({ _tag: "UserReferenced" });
      expect(await muster.users.get(jane.id)).toEqual(jane);
      await expect(muster.users.create({ username: "jane" })).rejects.toMatchObject({ _tag: "UsernameTaken" });
      await pool.query("delete from posts");
      await muster.users.purge(jane.id);
      await expect(muster.users.get(jane.id)).rejects.toMatchObject({ _tag: "UserNotFound" });
      await close();
    },
  );

  it("takes them along where they say cascade, and leaves them without an author where they say set null", async () => {
    for (const [onDelete, left] of [
      ["on delete cascade", []],
      ["on delete set null", [{ tenant: null, author: null }]],
      ["on delete set null (author)", [{ tenant: "default", author: null }]],
    ] as const) {
      const { muster, write, posts, close } = await anApp(onDelete);
      const jane = await somebodyDeleted(muster, "jane");
      await write(jane);
      await muster.users.purge(jane.id);
      expect(await posts()).toEqual(left);
      await close();
    }
  });

  it("is passed over when the retention is over, time and again, and holds up nobody else", async () => {
    const { muster, pool, write, wait, close } = await anApp("");
    const users: UserView[] = [];
    for (let each = 0; each < 110; each++) users.push(await somebodyDeleted(muster, `user${each}`));
    const held = users.filter((_, index) => [0, 1, 60, 105, 109].includes(index));
    for (const user of held) await write(user);
    wait(31);
    expect(await muster.users.purgeExpired()).toBe(105);
    expect(await muster.users.purgeExpired()).toBe(0);
    for (const user of held) expect(await muster.users.get(user.id)).toEqual(user);
    await pool.query("delete from posts");
    expect(await muster.users.purgeExpired()).toBe(5);
    await close();
  });

  it("is refused to a purge inside the app's transaction, which goes on", async () => {
    const { muster, pool, write, posts, close } = await anApp("");
    const [jane, joe] = [await somebodyDeleted(muster, "jane"), await somebodyDeleted(muster, "joe")];
    await write(jane);
    const db = new Kysely<{ posts: { tenant: string; author: string } }>({ dialect: new PostgresDialect({ pool }) });
    await db.transaction().execute(async (trx) => {
      await expect(muster.within(trx).users.purge(jane.id)).rejects.toMatchObject({ _tag: "UserReferenced" });
      await muster.within(trx).users.purge(joe.id);
      await trx.insertInto("posts").values({ tenant: "default", author: jane.id }).execute();
    });
    expect(await muster.users.get(jane.id)).toEqual(jane);
    await expect(muster.users.get(joe.id)).rejects.toMatchObject({ _tag: "UserNotFound" });
    expect(await posts()).toHaveLength(2);
    await close();
  });
});
