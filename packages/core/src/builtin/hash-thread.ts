import { Worker } from "node:worker_threads";
import * as Exit from "effect/Exit";
import type { HashJob, HashReply, HashSettings } from "./argon2-worker.ts";

/** Told once how a job ended, and how long the hashing took if it was done. */
export type HashSettled = (outcome: Exit.Exit<string | boolean>, milliseconds?: number) => void;

/** One thread that hashes, one job after another. */
export interface HashThread {
  /** Jobs given and not ended. */
  readonly load: () => number;
  readonly run: (job: HashJob, settled: HashSettled) => void;
  /** Ends the thread, which has no job. A later job starts it again, even one that comes while it ends. */
  readonly close: () => Promise<void>;
}

interface GivenJob {
  readonly job: HashJob;
  readonly settled: HashSettled;
}

/** The thread's program beside this file: TypeScript when run from the sources, JavaScript when compiled. */
const program: URL = new URL(
  import.meta.url.endsWith(".ts") ? "./argon2-worker.ts" : "./argon2-worker.js",
  import.meta.url,
);

/**
 * Makes a thread that starts with its first job and keeps the process alive only while it has one.
 *
 * A thread that dies takes the job it was at with it, as a defect; the jobs behind it go to its successor.
 */
export const makeHashThread = (settings: HashSettings, url: URL = program): HashThread => {
  const given: GivenJob[] = [];
  let worker: Worker | undefined;

  const end = (outcome: Exit.Exit<string | boolean>, milliseconds?: number): void => {
    const ended = given.shift();
    if (given.length === 0) worker?.unref();
    ended?.settled(outcome, milliseconds);
  };

  const start = (): Worker => {
    // Node's own flags of the host (loaders, inspectors) have no business in here and would cost time at each start.
    const started = new Worker(url, { workerData: settings, name: "muster-argon2", execArgv: [] });
    let cause: unknown;
    started.on("message", (reply: HashReply) => {
      if ("answer" in reply) end(Exit.succeed(reply.answer), reply.milliseconds);
      else end(Exit.die(new Error(`Argon2 refused to work: ${reply.failure}.`)));
    });
    started.on("error", (error) => {
      cause = error;
    });
    started.on("exit", () => {
      if (worker !== started) return;
      worker = undefined;
      const [lost, ...behind] = given.splice(0);
      for (const { job, settled } of behind) run(job, settled);
      lost?.settled(Exit.die(new Error("The thread that hashes passwords ended at work.", { cause })));
    });
    return started;
  };

  const run = (job: HashJob, settled: HashSettled): void => {
    try {
      worker ??= start();
    } catch (error) {
      settled(Exit.die(error));
      return;
    }
    given.push({ job, settled });
    worker.ref();
    worker.postMessage(job);
  };

  return {
    load: () => given.length,
    run,
    close: async () => {
      const ending = worker;
      worker = undefined;
      await ending?.terminate();
    },
  };
};
