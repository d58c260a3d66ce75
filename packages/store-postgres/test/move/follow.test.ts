import type { Muster } from "@muster/core";
import { moveStore, switchableStore } from "@muster/store-kysely/move";
import { expect, it } from "vitest";
import { startMoveChild } from "./child.ts";
import { fill } from "./fill.ts";
import { brokenIn, newSides, openMuster } from "./sides.ts";
import { type Expected, writeUsers } from "./write-users.ts";

const newSide = newSides();
const people = 100_000;

/** What is found of users of whom something was acknowledged. */
const versionsOf = async (muster: Muster, expected: Expected): Promise<Expected> => {
  const found: Expected = new Map();
  for (const id of expected.keys()) {
    const user = await muster.users.get(id).catch((error) => {
      if (error.code !== "user_not_found") throw error;
    });
    found.set(id, user?.version);
  }
  return found;
};

it(`${people} users move from SQLite to PostgreSQL while this process and another write: none is lost, none is doubled`, async () => {
  const [old, fresh] = [await newSide("SQLite"), await newSide("PostgreSQL")];
  const [file = ""] = old.place;
  await (await openMuster(old.store)).close();
  // Nobody else may have the file open in this process: it is another SQLite that fills it.
  fill(file, people, "no hash");
  const store = switchableStore(old.store);
  const muster = await openMuster(store);
  const elsewhere = startMoveChild("write-until-refused.ts", [file]);
  await elsewhere.printed("ready");
  elsewhere.go();
  let isOver = false;
  const writing = writeUsers(muster, "here", () => isOver);

  const report = await moveStore({ from: store, to: fresh.store, batchRows: 4_000 });

  // Who writes through the switchable store goes on with the new database.
  const sessions = await muster.sessions.list("u10");
  expect(sessions.map(({ id }) => id)).toEqual(["s10"]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  isOver = true;
  const here = await writing;
  expect(here.error).toBeUndefined();
  expect(here.expected.size).toBeGreaterThan(20);
  // Who writes to the old one is refused for good.
  const { refusal, expected } = JSON.parse((await elsewhere.finished).output.split("\n")[1] ?? "");
  expect(refusal).toBe("The database is not available: it was moved to another database.");
  expect(expected.length).toBeGreaterThan(20);

  const acknowledged: Expected = new Map([
    ...here.expected,
    ...(expected as [string, number | null][]).map(([id, version]) => [id, version ?? undefined] as const),
  ]);
  expect(await versionsOf(muster, acknowledged)).toEqual(acknowledged);
  expect(await muster.users.count({ tags: { any: ["t7"] } }, "exact")).toEqual({ count: people / 50, exact: true });
  const { rows = 0 } = report.tables.find(({ table }) => table === "muster_users") ?? {};
  expect(rows).toBeGreaterThanOrEqual(people);
  await muster.close();
  console.log(`Writes paused for ${Math.round(report.pauseMilliseconds)} ms.`);
  expect(report.pauseMilliseconds).toBeLessThan(2_000);
}, 240_000);

it("a PostgreSQL under three writers moves to another one and on to a SQLite file: none is lost, none is doubled", async () => {
  const [first, second, third, last] = [
    await newSide("SQLite"),
    await newSide("PostgreSQL"),
    await newSide("PostgreSQL"),
    await newSide("SQLite"),
  ];
  await (await openMuster(first.store)).close();
  fill(first.place[0] ?? "", 500, "no hash");
  await moveStore({ from: first.store, to: second.store });

  let from = second;
  for (const to of [third, last]) {
    const store = switchableStore(from.store);
    const here = await openMuster(store);
    const elsewhere = await openMuster(from.store);
    let isOver = false;
    const writing = [1, 2, 3].map((writer) =>
      writeUsers(writer <= 2 ? elsewhere : here, `${writer}.${to === last}`, () => isOver),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await moveStore({ from: store, to: to.store, batchRows: 100 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    isOver = true;
    const done = await Promise.all(writing);
    expect(done.map(({ error }) => (error as Error | undefined)?.message)).toEqual([
      ...Array(2).fill("The database is not available: it was moved to another database."),
      ...Array(1).fill(undefined),
    ]);
    const acknowledged: Expected = new Map(done.flatMap(({ expected }) => [...expected]));
    expect(acknowledged.size).toBeGreaterThan(20);
    expect(await versionsOf(here, acknowledged)).toEqual(acknowledged);
    await elsewhere.close();
    await here.close();
    from = to;
  }
  expect(await brokenIn(last.store)).toEqual([]);
}, 120_000);
