import { timingSafeEqual } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { hashSync, verifySync } from "@node-rs/argon2";
import type { DeriveForeignHash } from "../ports/foreign-hashes.ts";
import { type Argon2Cost, innerText } from "./phc.ts";

/** What a thread is told when it starts. */
export interface HashSettings extends Argon2Cost {
  /** URL of the module that computes hashes of other systems. */
  readonly program?: string;
}

/**
 * One way to check a password: argon2 over it (`phc`), a hash of another system (`text`, `hash`), or argon2 over what
 * another system's hash would be (`text`, `phc`).
 */
export type HashCheck =
  | { readonly phc: string; readonly text?: undefined }
  | { readonly text: string; readonly hash: Uint8Array }
  | { readonly text: string; readonly phc: string };

/** A password to hash or, given checks, to check. */
export interface HashJob {
  readonly password: Uint8Array<ArrayBuffer>;
  /** The first decides; all are done, whatever it says, for the time they take. */
  readonly checks?: readonly [HashCheck, ...HashCheck[]];
}

/** A PHC string for a hash, yes or no for a check, in the order the jobs came. */
export type HashReply =
  | { readonly answer: string | boolean; readonly milliseconds: number }
  | { readonly failure: string };

const { memoryKiB, passes, parallelism, program } = workerData as HashSettings;
const options = { memoryCost: memoryKiB, timeCost: passes, parallelism };
const foreign: { readonly derive?: DeriveForeignHash } = program === undefined ? {} : await import(program);

const derive: DeriveForeignHash = (text, password) => {
  if (foreign.derive === undefined) throw new Error("there is no program for foreign hashes");
  return foreign.derive(text, password);
};

const meets = (check: HashCheck, password: Uint8Array): boolean => {
  if (check.text === undefined) return verifySync(check.phc, password);
  const derived = derive(check.text, password);
  if ("phc" in check) return verifySync(check.phc, innerText(derived));
  return derived.length === check.hash.length && timingSafeEqual(derived, check.hash);
};

const work = ({ password, checks }: HashJob): HashReply => {
  const begun = performance.now();
  try {
    const answer =
      checks === undefined ? hashSync(password, options) : checks.map((check) => meets(check, password)).at(0) === true;
    return { answer, milliseconds: performance.now() - begun };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : "unknown" };
  } finally {
    password.fill(0);
  }
};

parentPort?.on("message", (job: HashJob) => parentPort?.postMessage(work(job)));
