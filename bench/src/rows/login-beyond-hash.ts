import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { duration, judged, type Row } from "../figure.ts";
import { fixedHasher } from "../fixed-hasher.ts";
import { makeLoginByHand } from "../floors/login.ts";
import { openFile } from "../floors/open-file.ts";
import { runRounds, sequential } from "../measure/rounds.ts";
import { median } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** Logging in, without the hash. */
export const loginBeyondHash: Row = {
  name: "login-beyond-hash",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const set = await dataSet(size);
    const [full, normal, hand] = ["full", "normal", "hand"].map((name) => copyOf(set, folder, name));
    if (full === undefined || normal === undefined || hand === undefined) throw new Error("There are three files.");
    const ports = { passwordHasher: fixedHasher("hash") };
    const durable = await openMuster(full, { ports });
    const quicker = await openMuster(normal, { ports, sqlite: { synchronous: "normal" } });
    const database = openFile(hand);
    const byHand = makeLoginByHand(database);
    let place = 0;
    const someone = (): string => personAt(((place++ % 500) * 20) % size, size).username;
    const operations = quick ? 10 : 100;
    const measured = await runRounds(
      {
        full: sequential(operations, () => durable.sessions.login({ login: someone(), password })),
        normal: sequential(operations, () => quicker.sessions.login({ login: someone(), password })),
        byHand: sequential(operations, () => byHand(someone())),
      },
      quick ? 2 : 40,
    );
    await durable.close();
    await quicker.close();
    database.close();
    return [
      judged({
        what: "log in beyond the hash at 100,000 users",
        against: "time of one",
        value: median(measured.full),
        most: 300,
        unit: " µs",
        detail: `by hand, as durable, ${duration(median(measured.byHand))}; with synchronous=NORMAL ${duration(median(measured.normal))}`,
        values: { byHandMicroseconds: median(measured.byHand), normalMicroseconds: median(measured.normal) },
      }),
    ];
  },
};
