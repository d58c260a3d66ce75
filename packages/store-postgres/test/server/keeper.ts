import { rmSync } from "node:fs";
import { makeProgram, makeStandby, type PostgresProgram } from "./program.ts";

/**
 * A process that has a PostgreSQL server in the folder named by its argument, for the process that forked it: carries
 * out the orders it is sent, and stops the server and removes the folder when that process lets go of it or ends.
 * Given settings of the server too, it leaves the folder for the next one.
 */
const [folder, ...settings] = process.argv.slice(2);
if (folder === undefined) throw new Error("Which folder?");
const isKept = settings.length > 0;

const program = await makeProgram(folder, isKept ? settings : undefined);
let work = program.start();

let standby: PostgresProgram | undefined;

const replicate = async (): Promise<number> => {
  await program.stop("fast");
  standby = await makeStandby(folder, program);
  await program.start();
  await standby.start();
  return standby.port;
};

const orders: { readonly [order: string]: () => Promise<unknown> | undefined } = {
  crash: () => program.stop("immediate"),
  stop: () => program.stop("fast"),
  start: program.start,
  replicate,
  crashStandby: () => standby?.stop("immediate"),
  startStandby: () => standby?.start(),
};

process.on("message", (order: string) => {
  work = work.then(orders[order]).then((answer) => void process.send?.(answer ?? order));
});

const leave = (): void => {
  void work
    .catch(() => {})
    .then(() => Promise.all([program.stop(isKept ? "fast" : "immediate"), standby?.stop("immediate")]))
    .then(() => {
      if (!isKept) rmSync(folder, { recursive: true, force: true });
      process.exit();
    });
};
process.on("disconnect", leave);
// A signal from the terminal reaches the whole group; the parent's end is what counts.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

await work;
process.send?.(program.port);
