import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { duration, judged, type Row } from "../figure.ts";
import { fixedHasher } from "../fixed-hasher.ts";
import { makeLoginByHand } from "../floors/login.ts";
import { openFile } from "../floors/open-file.ts";
import { runRounds, sequential } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** Logging in, without the hash. */
export const loginBeyondHash: Row = {
  name: "login-beyond-hash",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const set = await dataSet(size);
    const ports = { passwordHasher: fixedHasher("hash") };
    const open = async (synchronous: "full" | "normal") => {
      const muster = await openMuster(copyOf(set, folder, synchronous), { ports, sqlite: { synchronous } });
      const database = openFile(copyOf(set, folder, `${synchronous}-by-hand`), synchronous);
      return { muster, database, byHand: makeLoginByHand(database) };
    };
    const [full, normal] = [await open("full"), await open("normal")];
    let place = 0;
    const someone = (): string => personAt(((place++ % 500) * 20) % size, size).username;
    const operations = quick ? 10 : 100;
    const measured = await runRounds(
      {
        full: sequential(operations, () => full.muster.sessions.login({ login: someone(), password })),
        fullByHand: sequential(operations, () => full.byHand(someone())),
        normal: sequential(operations, () => normal.muster.sessions.login({ login: someone(), password })),
        normalByHand: sequential(operations, () => normal.byHand(someone())),
      },
      quick ? 2 : 40,
    );
    for (const { muster, database } of [full, normal]) {
      await muster.close();
      database.close();
    }
    const figure = (name: "full" | "normal", ours: readonly number[], byHand: readonly number[]) =>
      judged({
        what: `log in beyond the hash at 100,000 users, synchronous=${name.toUpperCase()}`,
        against: name === "full" ? "a bound; the commit waits for the disk" : "a bound; the commit waits for nothing",
        value: median(ours),
        most: 300,
        unit: " µs",
        detail: `by hand, as durable, ${duration(median(byHand))}`,
        values: { byHandMicroseconds: median(byHand), ratio: pairedRatio(ours, byHand) },
      });
    return [
      figure("full", measured.full, measured.fullByHand),
      figure("normal", measured.normal, measured.normalByHand),
    ];
  },
};
