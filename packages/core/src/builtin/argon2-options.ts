import { availableParallelism } from "node:os";
import * as Redacted from "effect/Redacted";
import { InvalidConfiguration } from "../errors.ts";
import type { HashSettings } from "./argon2-worker.ts";
import { excessOf } from "./phc.ts";

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
   * A secret that goes into every hash and lives outside the database, at least 16 bytes as UTF-8 (NIST SP 800-63B-4
   * §3.1.1.2 asks for 112 bits). Adding, changing or losing it makes every hash made before worthless.
   */
  readonly pepper?: Redacted.Redacted;
}

/** The options with their defaults, checked. */
export interface Argon2Configuration {
  readonly settings: HashSettings;
  readonly threads: number;
  readonly maxWaiting: number;
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
  const pepper = options.pepper && new TextEncoder().encode(Redacted.value(options.pepper));
  if (pepper && pepper.length < leastPepperBytes) throw refusal(`pepper has at least ${leastPepperBytes} bytes`);
  return { settings: { memoryKiB, passes, parallelism, ...(pepper && { pepper }) }, threads, maxWaiting };
};

const wholeNumber = (name: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number => {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const limit = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw refusal(`${name} is a whole number ${limit}`);
};

const refusal = (rule: string): InvalidConfiguration =>
  new InvalidConfiguration({ reason: `The options of argon2Hasher make no sense: ${rule}.` });
