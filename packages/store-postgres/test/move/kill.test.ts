import { createMuster } from "@muster/core";
import { describe, expect, it } from "vitest";
import { startMoveChild } from "./child.ts";
import { fill } from "./fill.ts";
import { brokenIn, type Kind, newSides, openMuster, type Side } from "./sides.ts";

const newSide = newSides();

const filled = async (count: number): Promise<Side> => {
  const side = await newSide("SQLite");
  await (await openMuster(side.store)).close();
  fill(side.place[0] ?? "", count, "no hash");
  return side;
};

/** Answers the number of statements when it was not killed. */
const move = async (from: Side, to: Side, fatal = 0): Promise<number | undefined> => {
  const [url = "", schema = ""] = to.place;
  const args = [from.place[0] ?? "", url, schema, String(fatal)];
  const { output, signal, code } = await startMoveChild("move-killed-at.ts", args).finished;
  if (signal === "SIGKILL") return undefined;
  expect(code, output).toBe(0);
  return Number(/moved with (\d+)/.exec(output)?.[1]);
};

/** Whether the database can be opened, which is as much as to say: written. */
const isOpen = ({ store }: Side): Promise<boolean> =>
  createMuster({ store, issuer: "https://app.example" }).then(
    async (muster) => {
      await muster.close();
      return true;
    },
    () => false,
  );

describe("a move that is killed", () => {
  it("at ten random points, with writes in between, goes on each time and loses nothing", async () => {
    const [from, to, whole] = [await filled(1_000), await newSide("PostgreSQL"), await newSide("PostgreSQL")];
    const statements = await move(await filled(1_000), whole);
    const written: string[] = [];
    for (let kill = 0; kill < 10; kill++) {
      // Late enough to get somewhere, and so early that there are ten of them.
      const point = 20 + Math.floor(Math.random() * ((statements ?? 0) / 7));
      expect(await move(from, to, point), `killed at statement ${point} of ${statements}`).toBeUndefined();
      const muster = await openMuster(from.store);
      const { id } = await muster.users.create({ username: `between${kill}`, tags: ["between"] });
      written.push(id);
      await muster.users.update(`u${kill + 1}`, { firstName: `Between ${kill}` });
      await muster.users.purge(`u${(kill + 1) * 100}`);
      await muster.close();
    }
    await move(from, to);
    const muster = await openMuster(to.store);
    const { items } = await muster.users.list({ filter: { tags: { any: ["between"] } } });
    expect(items.map(({ id }) => id).sort()).toEqual(written.sort());
    expect((await muster.users.get("u10")).firstName).toBe("Between 9");
    await expect(muster.users.get("u1000")).rejects.toMatchObject({ code: "user_not_found" });
    expect(await muster.users.count({}, "exact")).toEqual({ count: 1_000, exact: true });
    await muster.close();
    expect(await brokenIn(to.store)).toEqual([]);
  }, 180_000);

  it("while the databases change over never leaves two of them open, and the next call ends it", async () => {
    const kinds: readonly Kind[] = ["SQLite", "PostgreSQL", "SQLite", "SQLite"];
    const statements = { SQLite: 0, PostgreSQL: 0 };
    for (const kind of ["SQLite", "PostgreSQL"] as const) {
      statements[kind] = (await move(await filled(20), await newSide(kind))) ?? 0;
    }
    for (const [index, kind] of kinds.entries()) {
      const [from, to] = [await filled(20), await newSide(kind)];
      // The last of all statements are those of the change-over; somewhere among them, a different part each time.
      const fromEnd = Math.floor(((index + Math.random()) / kinds.length) * 60);
      expect(await move(from, to, statements[kind] - fromEnd)).toBeUndefined();
      expect([await isOpen(from), await isOpen(to)], `killed ${fromEnd} before the end`).not.toEqual([true, true]);
      await move(from, to);
      expect([await isOpen(from), await isOpen(to)]).toEqual([false, true]);
      const muster = await openMuster(to.store);
      expect(await muster.users.count({}, "exact")).toEqual({ count: 20, exact: true });
      await muster.close();
    }
  }, 180_000);
});
