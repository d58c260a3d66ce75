import { deepStrictEqual } from "node:assert";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { personAt } from "../dataset/person.ts";
import { duration, judged, type Row } from "../figure.ts";
import { openFile } from "../floors/open-file.ts";
import { makeUserReader } from "../floors/read-user.ts";
import { runRounds, sequential, synchronous } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** One user by id or by email. */
export const get: Row = {
  name: "get",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const path = copyOf(await dataSet(size), folder, "get");
    const muster = await openMuster(path);
    const database = openFile(path);
    const reader = makeUserReader(database);
    const people = Array.from({ length: 500 }, (_, index) => personAt((index * 7919) % size, size));
    const [first] = people;
    if (first === undefined) throw new Error("There is nobody.");
    deepStrictEqual(await muster.users.get(first.id), reader.get(first.id));
    deepStrictEqual(await muster.users.findByEmail(first.email), reader.findByEmail(first.email));

    const personOf = (index: number) => people[index % people.length] ?? first;
    const operations = quick ? 50 : 1_000;
    const measured = await runRounds(
      {
        get: sequential(operations, (index) => muster.users.get(personOf(index).id)),
        getByHand: synchronous(operations, (index) => reader.get(personOf(index).id)),
        find: sequential(operations, (index) => muster.users.findByEmail(personOf(index).email)),
        findByHand: synchronous(operations, (index) => reader.findByEmail(personOf(index).email)),
      },
      quick ? 2 : 40,
    );
    await muster.close();
    database.close();

    const figure = (what: string, ours: readonly number[], byHand: readonly number[]) =>
      judged({
        what,
        against: "the same rows by hand-prepared better-sqlite3 statements, mapped",
        value: pairedRatio(ours, byHand),
        most: 2,
        unit: " ×",
        detail: `${duration(median(ours))}, by hand ${duration(median(byHand))}`,
        values: { microseconds: median(ours), byHandMicroseconds: median(byHand) },
      });
    return [
      figure("get by id, 100,000 users", measured.get, measured.getByHand),
      figure("get by email, 100,000 users", measured.find, measured.findByHand),
    ];
  },
};
