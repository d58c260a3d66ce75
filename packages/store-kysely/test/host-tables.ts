import type { Muster, UserView } from "@muster/core";
import type { Kysely } from "kysely";
import { expect, it } from "vitest";
import type { KyselyTransaction } from "../src/index.ts";

/** An app with posts, each by a user, beside the tables in which Muster keeps them. */
export interface HostApp {
  readonly muster: Muster<KyselyTransaction>;
  readonly db: Kysely<{ posts: { tenant: string | null; author: string | null } }>;
  /** Time goes on. */
  readonly wait: (days: number) => void;
  readonly close: () => Promise<void>;
}

/** What becomes of users to whom rows of an app refer, whatever the database. */
export const usersHeldByAnApp = (
  anApp: (onDelete: string) => Promise<HostApp>,
  forbidding: readonly string[],
): void => {
  const somebodyDeleted = async ({ muster }: HostApp, username: string): Promise<UserView> => {
    const { id } = await muster.users.create({ username });
    return muster.users.delete(id);
  };
  const write = ({ db }: HostApp, { id: author }: UserView) =>
    db.insertInto("posts").values({ tenant: "default", author }).execute();
  const posts = ({ db }: HostApp) => db.selectFrom("posts").select(["tenant", "author"]).execute();
  const removePosts = ({ db }: HostApp) => db.deleteFrom("posts").execute();

  it.each(forbidding)("stay whole where they forbid the purge: '%s'", async (onDelete) => {
    const app = await anApp(onDelete);
    const { users } = app.muster;
    const jane = await somebodyDeleted(app, "jane");
    await write(app, jane);
    await expect(users.purge(jane.id)).rejects.toMatchObject({ _tag: "UserReferenced" });
    expect(await users.get(jane.id)).toEqual(jane);
    await expect(users.create({ username: "jane" })).rejects.toMatchObject({ _tag: "UsernameTaken" });
    await removePosts(app);
    await users.purge(jane.id);
    await expect(users.get(jane.id)).rejects.toMatchObject({ _tag: "UserNotFound" });
    await app.close();
  });

  it.each([
    ["take them along", "on delete cascade", []],
    ["leave them without an author", "on delete set null", [{ tenant: null, author: null }]],
  ])("%s where they say so", async (_, onDelete, left) => {
    const app = await anApp(onDelete);
    const jane = await somebodyDeleted(app, "jane");
    await write(app, jane);
    await app.muster.users.purge(jane.id);
    expect(await posts(app)).toEqual(left);
    await app.close();
  });

  it("are passed over when the retention is over, time and again, and hold up nobody else", async () => {
    const app = await anApp("");
    const { users } = app.muster;
    const everybody: UserView[] = [];
    for (let each = 0; each < 110; each++) everybody.push(await somebodyDeleted(app, `user${each}`));
    const held = everybody.filter((_, index) => [0, 1, 60, 105, 109].includes(index));
    for (const user of held) await write(app, user);
    app.wait(31);
    expect(await users.purgeExpired()).toBe(105);
    expect(await users.purgeExpired()).toBe(0);
    for (const user of held) expect(await users.get(user.id)).toEqual(user);
    await removePosts(app);
    expect(await users.purgeExpired()).toBe(5);
    await app.close();
  });

  it("are refused to a purge inside the app's transaction, which goes on", async () => {
    const app = await anApp("");
    const { muster, db } = app;
    const [jane, joe] = [await somebodyDeleted(app, "jane"), await somebodyDeleted(app, "joe")];
    await write(app, jane);
    await db.transaction().execute(async (trx) => {
      await expect(muster.within(trx).users.purge(jane.id)).rejects.toMatchObject({ _tag: "UserReferenced" });
      await muster.within(trx).users.purge(joe.id);
      await trx.insertInto("posts").values({ tenant: "default", author: jane.id }).execute();
    });
    expect(await muster.users.get(jane.id)).toEqual(jane);
    await expect(muster.users.get(joe.id)).rejects.toMatchObject({ _tag: "UserNotFound" });
    expect(await posts(app)).toHaveLength(2);
    await app.close();
  });
};
