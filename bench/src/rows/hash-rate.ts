import { hash, verify } from "@node-rs/argon2";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { newcomer, password, personAt } from "../dataset/person.ts";
import { amount, judged, type Row } from "../figure.ts";
import { makeUserCreator } from "../floors/create-user.ts";
import { openFile } from "../floors/open-file.ts";
import { concurrent, runRounds } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** The parameters of Muster's own hasher. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const width = 4;

/**
 * Logging in and creating with four calls in flight: how much of what argon2 alone does is left. Creating by hand, the
 * same hash and the same rows as durably, says how much of the loss is the rows.
 */
export const hashRate: Row = {
  name: "hash-rate",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const set = await dataSet(size);
    const muster = await openMuster(copyOf(set, folder, "users"));
    const database = openFile(copyOf(set, folder, "by-hand"));
    const createByHand = makeUserCreator(database);
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
        createByHand: concurrent(operations, width, async () =>
          createByHand(newcomer(place++), await hash(password, cost)),
        ),
        hash: concurrent(operations, width, () => hash(password, cost)),
      },
      quick ? 1 : 11,
      1,
    );
    await muster.close();
    database.close();
    const figure = (what: string, against: string, ours: readonly number[], raw: readonly number[], also = "") =>
      judged({
        what: `${what}, ${width} in flight`,
        against: `raw argon2 ${against}, ${width} in flight`,
        value: pairedRatio(ours, raw),
        least: 0.9,
        unit: " of its rate",
        detail: `${amount(median(ours))}/s of ${amount(median(raw))}/s${also}`,
        values: { perSecond: median(ours), rawPerSecond: median(raw) },
      });
    const byHand = `; the same hash and rows by hand ${pairedRatio(measured.createByHand, measured.hash).toFixed(2)}`;
    return [
      figure("log in", "verify", measured.login, measured.verify),
      figure("create", "hash", measured.create, measured.hash, byHand),
    ];
  },
};
