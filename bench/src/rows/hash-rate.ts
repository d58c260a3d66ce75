import { hash, verify } from "@node-rs/argon2";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { newcomer, password, personAt } from "../dataset/person.ts";
import { amount, judged, type Row } from "../figure.ts";
import { concurrent, runRounds } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** The parameters of Muster's own hasher. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const width = 4;

/** Logging in and creating with four calls in flight: how much of what argon2 alone does is left. */
export const hashRate: Row = {
  name: "hash-rate",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const muster = await openMuster(copyOf(await dataSet(size), folder, "users"));
    const phc = await hash(password, cost);
    const operations = quick ? 4 : 80;
    let place = 0;
    const measured = await runRounds(
      {
        login: concurrent(operations, width, () =>
          muster.sessions.login({ login: personAt((place++ * 20) % size, size).email, password }),
        ),
        verify: concurrent(operations, width, () => verify(phc, password)),
        create: concurrent(operations, width, () => muster.users.create({ ...newcomer(place++), password })),
        hash: concurrent(operations, width, () => hash(password, cost)),
      },
      quick ? 1 : 11,
      1,
    );
    await muster.close();
    const figure = (what: string, against: string, ours: readonly number[], raw: readonly number[]) =>
      judged({
        what: `${what}, ${width} in flight`,
        against: `raw argon2 ${against}, ${width} in flight`,
        value: pairedRatio(ours, raw),
        least: 0.9,
        unit: " of its rate",
        detail: `${amount(median(ours))}/s of ${amount(median(raw))}/s`,
        values: { perSecond: median(ours), rawPerSecond: median(raw) },
      });
    return [
      figure("log in", "verify", measured.login, measured.verify),
      figure("create", "hash", measured.create, measured.hash),
    ];
  },
};
