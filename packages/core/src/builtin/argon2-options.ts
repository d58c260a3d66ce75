import { availableParallelism } from "node:os";
import * as Redacted from "effect/Redacted";
import { InvalidConfiguration } from "../errors.ts";
import type { ForeignHashes } from "../ports/foreign-hashes.ts";
import type { HashCheck, HashSettings } from "./argon2-worker.ts";
import type { Pepper } from "./password-seal.ts";
import { excessOf } from "./phc.ts";
import { checkOf, readStoredHash } from "./stored-hash.ts";

/** How passwords are hashed. Absent fields take the defaults. */
export interface Argon2HasherOptions {
  /** Memory of one hash in KiB; 19,456 unless given (OWASP Password Storage Cheat Sheet, argon2id). */
  readonly memoryKiB?: number;
  /** Passes over the memory; 2 unless given (the same source). */
  readonly passes?: number;
  /** Lanes of one hash, 1–16; 1 unless given. */
  readonly parallelism?: number;
  /** Threads that hash, 1–64; as many as there are cores, 8 at most, unless given. Each needs the memory above. */
  readonly threads?: number;
  /** Calls that may wait for a thread before others are refused; 200 unless given, which is about 2 s on two cores. */
  readonly maxWaiting?: number;
  /**
   * Secrets outside the database under which stored hashes are encrypted (NIST SP 800-63B-4 §3.1.1.2), the current one
   * first; others still open what they sealed. Hashes made without one, or under an older one, are sealed anew at the
   * next login, or by `credentials.harden`. A secret that still seals something and is lost takes that password with it.
   */
  readonly peppers?: readonly Pepper[];
  /** Hashes of other systems that are checked too, and replaced by our own at the first login. */
  readonly foreign?: ForeignHashes;
  /**
   * A stored text like most of those brought along. While it is set, every check does its work as well, so that an
   * unknown login takes as long as one whose hash was not replaced yet.
   */
  readonly foreignDecoy?: string;
}

/** The options with their defaults, checked. */
export interface Argon2Configuration {
  readonly settings: HashSettings;
  readonly threads: number;
  readonly maxWaiting: number;
  readonly peppers: readonly Pepper[];
  readonly foreign: ForeignHashes | undefined;
  /** The work of the foreign decoy, if there is one. */
  readonly decoys: readonly HashCheck[];
}

/** The least memory, in KiB, for a number of passes: OWASP ASVS 5.0, appendix C, argon2id. */
const leastMemoryKiB = (passes: number): number => (passes === 1 ? 47_104 : passes === 2 ? 19_456 : 12_288);

const leastPepperBytes = 16;

/** Throws InvalidConfiguration with the first option that makes no sense or is weaker than ASVS allows. */
export const readArgon2Options = (options: Argon2HasherOptions): Argon2Configuration => {
  const memoryKiB = wholeNumber("memoryKiB", options.memoryKiB ?? 19_456, 1);
  const passes = wholeNumber("passes", options.passes ?? 2, 1);
  const parallelism = wholeNumber("parallelism", options.parallelism ?? 1, 1);
  const threads = wholeNumber("threads", options.threads ?? Math.min(availableParallelism(), 8), 1, 64);
  const maxWaiting = wholeNumber("maxWaiting", options.maxWaiting ?? 200, 0);
  const least = leastMemoryKiB(passes);
  if (memoryKiB < least) {
    throw refusal(`memoryKiB is at least ${least} with ${passes} passes (OWASP ASVS 5.0, appendix C)`);
  }
  const excess = excessOf({ memoryKiB, passes, parallelism });
  if (excess !== undefined) throw refusal(`memoryKiB, passes and parallelism ask for ${excess}`);
  const { peppers = [], foreign, foreignDecoy } = options;
  checkPeppers(peppers);
  return {
    settings: { memoryKiB, passes, parallelism, ...(foreign && { program: foreign.program.href }) },
    threads,
    maxWaiting,
    peppers,
    foreign,
    decoys: foreignDecoy === undefined ? [] : [decoyCheck(foreignDecoy, foreign)],
  };
};

const checkPeppers = (peppers: readonly Pepper[]): void => {
  for (const { id, secret } of peppers) {
    if (!/^[a-z0-9-]{1,32}$/.test(id)) throw refusal("the id of a pepper is 1 to 32 of a-z 0-9 -");
    if (new TextEncoder().encode(Redacted.value(secret)).length < leastPepperBytes) {
      throw refusal(`the secret of a pepper has at least ${leastPepperBytes} bytes`);
    }
  }
  if (new Set(peppers.map(({ id }) => id)).size < peppers.length) throw refusal("two peppers have the same id");
};

const decoyCheck = (text: string, foreign: ForeignHashes | undefined): HashCheck => {
  const stored = readStoredHash(text, foreign);
  if (stored.kind === "refused") throw refusal(`foreignDecoy cannot be checked. ${stored.refusal}`);
  return checkOf(stored);
};

const wholeNumber = (name: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number => {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const limit = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw refusal(`${name} is a whole number ${limit}`);
};

const refusal = (rule: string): InvalidConfiguration =>
  new InvalidConfiguration({ reason: `The options of argon2Hasher make no sense: ${rule}.` });
