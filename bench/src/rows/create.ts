import { deepStrictEqual } from "node:assert";
import Database from "better-sqlite3";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { newcomer, password } from "../dataset/person.ts";
import { duration, judged, type Row, type Setting } from "../figure.ts";
import { fixedHasher } from "../fixed-hasher.ts";
import { makeUserCreator } from "../floors/create-user.ts";
import { openFile } from "../floors/open-file.ts";
import { runRounds, sequential, synchronous } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** Creating a user, without the hash. */
export const create: Row = {
  name: "create",
  run: async (setting) => [await compared(setting, "full", 1.6), await compared(setting, "normal", undefined)],
};

const compared = async ({ quick, folder }: Setting, synchronousness: "full" | "normal", most: number | undefined) => {
  const set = await dataSet(quick ? 1_000 : 100_000);
  const [ours, hand] = ["ours", "hand"].map((name) => copyOf(set, folder, `${name}-${synchronousness}`));
  if (ours === undefined || hand === undefined) throw new Error("There are two files.");
  const muster = await openMuster(ours, {
    sqlite: { synchronous: synchronousness },
    ports: { passwordHasher: fixedHasher("hash") },
  });
  const database = openFile(hand, synchronousness);
  const createByHand = makeUserCreator(database);
  const measured = await runRounds(
    {
      ours: counting((place) =>
        sequential(quick ? 10 : 100, (index) => muster.users.create({ ...newcomer(place + index), password })),
      ),
      byHand: counting((place) =>
        synchronous(quick ? 10 : 100, (index) => createByHand(newcomer(place + index), "hash")),
      ),
    },
    quick ? 2 : 40,
  );
  await muster.close();
  database.close();
  deepStrictEqual(rowCounts(ours), rowCounts(hand), "Both write as many rows.");
  return judged({
    what: `create beyond the hash at 100,000 users, synchronous=${synchronousness.toUpperCase()}`,
    against: "the same rows by hand in one transaction, as durable",
    value: pairedRatio(measured.ours, measured.byHand),
    ...(most !== undefined && { most }),
    unit: " ×",
    detail: `${duration(median(measured.ours))}, by hand ${duration(median(measured.byHand))}`,
    values: { microseconds: median(measured.ours), byHandMicroseconds: median(measured.byHand) },
  });
};

/** Every batch writes users that no batch wrote before. */
const counting = (batchFrom: (place: number) => () => number | Promise<number>): (() => number | Promise<number>) => {
  let place = 0;
  return () => {
    const batch = batchFrom(place);
    place += 1_000;
    return batch();
  };
};

const tables = [
  "muster_users",
  "muster_user_identifiers",
  "muster_user_sign_ins",
  "muster_user_marks",
  "muster_user_credentials",
  "muster_audit_events",
];

const rowCounts = (path: string): unknown => {
  const database = new Database(path);
  const counts = tables.map((table) => database.prepare(`select count(*) from ${table}`).pluck().get());
  database.close();
  return counts;
};
