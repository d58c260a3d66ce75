import path from "node:path";
import { amount, type Figure, judged, type Row } from "../figure.ts";
import { type Start, startOnce } from "../measure/processes.ts";
import { median } from "../measure/statistics.ts";

/** Where the programs find the packages. */
const home = path.resolve(import.meta.dirname, "../..");

/** Each program uses the file given, and makes it and its schema when it is not there. */
const programs = {
  empty: () => "",
  muster: (file: string) => `
    import { createMuster } from "@muster/core";
    import { sqliteStore } from "@muster/store-sqlite";
    await createMuster({ store: sqliteStore(${JSON.stringify(file)}), issuer: "bench" })`,
  peer: (file: string) => `
    import Database from "better-sqlite3";
    import { betterAuth } from "better-auth";
    import { getMigrations } from "better-auth/db/migration";
    import { admin } from "better-auth/plugins/admin";
    import "@node-rs/argon2";
    const options = { database: new Database(${JSON.stringify(file)}), secret: "a secret for measuring, known to everybody", baseURL: "http://127.0.0.1",
      emailAndPassword: { enabled: true }, plugins: [admin()], telemetry: { enabled: false }, logger: { disabled: true } };
    options.database.pragma("journal_mode = wal");
    await (await getMigrations(options)).runMigrations();
    await betterAuth(options).$context`,
} as const;

type Name = "empty" | "fresh" | "known" | "peerFresh" | "peerKnown";

/** From nothing to an instance that answers, in fresh processes. */
export const start: Row = {
  name: "start",
  run: async ({ quick, folder }) => {
    const rounds = quick ? 1 : 21;
    const starts: Record<Name, Start[]> = { empty: [], fresh: [], known: [], peerFresh: [], peerKnown: [] };
    for (let round = 0; round < rounds; round++) {
      const [ours, peer] = [path.join(folder, `muster-${round}.db`), path.join(folder, `peer-${round}.db`)];
      starts.empty.push(startOnce(programs.empty(), home));
      starts.fresh.push(startOnce(programs.muster(ours), home));
      starts.known.push(startOnce(programs.muster(ours), home));
      starts.peerFresh.push(startOnce(programs.peer(peer), home));
      starts.peerKnown.push(startOnce(programs.peer(peer), home));
    }
    const more = (name: Name, what: keyof Start): number =>
      median(starts[name].map((begun, round) => begun[what] - (starts.empty[round]?.[what] ?? Number.NaN)));
    const compared = (what: keyof Start, unit: string): string =>
      `file there already ${amount(more("known", what))}${unit}; better-auth ${amount(more("peerFresh", what))}${unit}, file there already ${amount(more("peerKnown", what))}${unit}`;
    const against = `an empty module in a process of its own, ${rounds} pairs`;
    return [
      judged({
        what: "import core and the SQLite store, createMuster on a new file: time more",
        against,
        value: more("fresh", "milliseconds"),
        most: 450,
        unit: " ms",
        detail: compared("milliseconds", " ms"),
      }),
      judged({
        what: "import core and the SQLite store, createMuster on a new file: memory more",
        against,
        value: more("fresh", "mebibytes"),
        most: 40,
        unit: " MiB",
        detail: compared("mebibytes", " MiB"),
      }),
    ] satisfies readonly Figure[];
  },
};
