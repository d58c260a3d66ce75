import { createMuster, type Muster, type UserView } from "@muster/core";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const day = 86_400_000;

/** An app with posts, each by a user, in the file in which Muster keeps them. */
const anApp = async (onDelete: string) => {
  const file = newFile();
  let now = Date.UTC(2026, 0, 1);
  const ports = { clock: { now: () => now } };
  const store = sqliteStore(file, { tablePrefix: "auth_", tables: { users: "people" }, synchronous: "normal" });
  const muster = await createMuster({ store, issuer: "https://app.example", ports });
  const database = new Database(file);
  database.pragma("foreign_keys = on");
  database.exec(`create table posts (id integer primary key, tenant text, author text,
    foreign key (tenant, author) references people (tenant, id) ${onDelete})`);
  const write = ({ id }: Pick<UserView, "id">): void =>
    void database.prepare("insert into posts (tenant, author) values ('default', ?)").run(id);
  const posts = () => database.prepare<[], { author: string | null }>("select author from posts").all();
  return {
    muster,
    database,
    write,
    posts,
    wait: (days: number): void => {
      now += days * day;
    },
    close: async () => {
      await muster.close();
      database.close();
    },
  };
};

const somebodyDeleted = async (muster: Muster<never>, username: string): Promise<UserView> => {
  const { id } = await muster.users.create({ username, tags: ["a"] });
  return muster.users.delete(id);
};

describe("a user to whom rows of the app refer", () => {
  it.each(["on delete restrict", "on delete no action", ""])(
    "stays whole where they forbid the purge: '%s'",
    async (onDelete) => {
      const { muster, database, write, close } = await anApp(onDelete);
      const jane = await somebodyDeleted(muster, "jane");
      write(jane);
      await expect(muster.users.purge(jane.id)).rejects.toMatchObject({ _tag: "UserReferenced" });
      expect(await muster.users.get(jane.id)).toEqual(jane);
      await expect(muster.users.create({ username: "jane" })).rejects.toMatchObject({ _tag: "UsernameTaken" });
      database.exec("delete from posts");
      await muster.users.purge(jane.id);
      await expect(muster.users.get(jane.id)).rejects.toMatchObject({ _tag: "UserNotFound" });
      await close();
    },
  );

  it("takes them along where they say cascade, and leaves them without an author where they say set null", async () => {
    for (const [onDelete, left] of [
      ["on delete cascade", []],
      ["on delete set null", [{ author: null }]],
    ] as const) {
      const { muster, write, posts, close } = await anApp(onDelete);
      const jane = await somebodyDeleted(muster, "jane");
      write(jane);
      await muster.users.purge(jane.id);
      expect(posts()).toEqual(left);
      await close();
    }
  });

  it("is passed over when the retention is over, time and again, and holds up nobody else", async () => {
    const { muster, database, write, wait, close } = await anApp("");
    const users: UserView[] = [];
    for (let each = 0; each < 130; each++) users.push(await somebodyDeleted(muster, `user${each}`));
    const held = users.filter((_, index) => [0, 1, 60, 105, 129].includes(index));
    for (const user of held) write(user);
    wait(31);
    expect(await muster.users.purgeExpired()).toBe(125);
    expect(await muster.users.purgeExpired()).toBe(0);
    for (const user of held) expect(await muster.users.get(user.id)).toEqual(user);
    database.exec("delete from posts");
    expect(await muster.users.purgeExpired()).toBe(5);
    await close();
  });

  it("is refused to a purge inside the app's transaction, which goes on", async () => {
    const { muster, database, write, posts, close } = await anApp("");
    const [jane, joe] = [await somebodyDeleted(muster, "jane"), await somebodyDeleted(muster, "joe")];
    write(jane);
    const db = new Kysely<{ posts: { tenant: string; author: string } }>({ dialect: new SqliteDialect({ database }) });
    await db.transaction().execute(async (trx) => {
      await expect(muster.within(trx).users.purge(jane.id)).rejects.toMatchObject({ _tag: "UserReferenced" });
      await muster.within(trx).users.purge(joe.id);
      await trx.updateTable("posts").set({ tenant: "default" }).execute();
    });
    expect(await muster.users.get(jane.id)).toEqual(jane);
    await expect(muster.users.get(joe.id)).rejects.toMatchObject({ _tag: "UserNotFound" });
    expect(posts()).toHaveLength(1);
    await close();
  });
});
