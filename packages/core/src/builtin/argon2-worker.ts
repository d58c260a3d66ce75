import { parentPort, workerData } from "node:worker_threads";
import { hashSync, verifySync } from "@node-rs/argon2";
import type { Argon2Cost } from "./phc.ts";

/** What a thread is told when it starts. */
export interface HashSettings extends Argon2Cost {
  /** Argon2's secret input (RFC 9106 §3.1: K). */
  readonly pepper?: Uint8Array<ArrayBuffer>;
}

/** A password to hash or, given a PHC string, to check against it. */
export interface HashJob {
  readonly password: Uint8Array<ArrayBuffer>;
  readonly phc?: string;
}

/** A PHC string for a hash, yes or no for a check, in the order the jobs came. */
export type HashReply =
  | { readonly answer: string | boolean; readonly milliseconds: number }
  | { readonly failure: string };

const { memoryKiB, passes, parallelism, pepper } = workerData as HashSettings;
const secret = pepper === undefined ? {} : { secret: pepper };
const options = { memoryCost: memoryKiB, timeCost: passes, parallelism, ...secret };

const work = ({ password, phc }: HashJob): HashReply => {
  const begun = performance.now();
  try {
    const answer = phc === undefined ? hashSync(password, options) : verifySync(phc, password, secret);
    return { answer, milliseconds: performance.now() - begun };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : "unknown" };
  } finally {
    password.fill(0);
  }
};

parentPort?.on("message", (job: HashJob) => parentPort?.postMessage(work(job)));
