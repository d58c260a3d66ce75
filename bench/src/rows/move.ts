import { randomUUID } from "node:crypto";
import path from "node:path";
import { createMuster, type Muster } from "@muster/core";
import { type MovableStore, moveStore, switchableStore } from "@muster/store-kysely/move";
import { postgresStore } from "@muster/store-postgres";
import { sqliteStore } from "@muster/store-sqlite";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { amount, type Figure, judged, type Row } from "../figure.ts";

/**
 * A move of everybody while somebody keeps creating, changing and deleting: from a SQLite file into the PostgreSQL that
 * `DATABASE_URL` names (a schema of its own, which stays there), or into another file when none is named.
 */
export const move: Row = {
  name: "move",
  onDemand: true,
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 1_000_000;
    const store = switchableStore(sqliteStore(copyOf(await dataSet(size), folder, "from")));
    const { name, to } = targetIn(quick ? undefined : process.env.DATABASE_URL, folder);
    const muster = await createMuster({ store, issuer: "bench" });
    let isOver = false;
    const writing = keepWriting(muster, () => isOver);
    const begun = performance.now();
    const { tables, pauseMilliseconds } = await moveStore({ from: store, to });
    const seconds = (performance.now() - begun) / 1_000;
    isOver = true;
    const { lost, writes } = await lostOf(muster, await writing);
    const { count } = await muster.users.count({}, "exact");
    await muster.close();
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const against = "none is lost, none is doubled, every row compared";
    return [
      judged({
        what: `${amount(size)} users from SQLite to ${name}: pause`,
        against,
        value: pauseMilliseconds,
        most: 2_000,
        unit: " ms",
      }),
      judged({
        what: `${amount(size)} users from SQLite to ${name}: rate`,
        against,
        value: rows / seconds,
        unit: " rows a second",
        detail: `${amount(rows)} rows in ${amount(seconds)} s`,
        values: { seconds, rows },
      }),
      judged({
        what: `${amount(writes)} users written meanwhile: lost`,
        against: "every one is looked up afterwards",
        value: lost,
        most: 0,
        unit: "",
        values: { writes, users: count },
      }),
    ] satisfies readonly Figure[];
  },
};

const targetIn = (
  connectionString: string | undefined,
  folder: string,
): { readonly name: string; readonly to: MovableStore } =>
  connectionString === undefined
    ? { name: "SQLite", to: sqliteStore(path.join(folder, "to.db")) }
    : { name: "PostgreSQL", to: postgresStore({ connectionString, schema: `bench_${randomUUID().slice(0, 8)}` }) };

/** Users by id, with the version that was acknowledged last; undefined when they were purged. */
type Acknowledged = ReadonlyMap<string, number | undefined>;

const keepWriting = async (muster: Muster, isOver: () => boolean): Promise<Acknowledged> => {
  const acknowledged = new Map<string, number | undefined>();
  for (let count = 0; !isOver(); count++) {
    const { id } = await muster.users.create({ username: `meanwhile.${count}` });
    const { version } = await muster.users.update(id, { firstName: "Ann" });
    acknowledged.set(id, version);
    if (count % 2 === 0) acknowledged.set(id, (await muster.users.delete(id)).version);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return acknowledged;
};

const lostOf = async (muster: Muster, acknowledged: Acknowledged) => {
  let lost = 0;
  for (const [id, version] of acknowledged) {
    const found = await muster.users.get(id).catch(() => undefined);
    if (found?.version !== version) lost += 1;
  }
  return { lost, writes: acknowledged.size };
};
