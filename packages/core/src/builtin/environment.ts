import { randomFillSync } from "node:crypto";
import type { Clock, RandomSource } from "../ports/environment.ts";

/** The time of this machine. */
export const systemClock: Clock = { now: () => Date.now() };

const poolSize = 8_192;
/** Larger requests are filled on their own: they would empty the pool at once. */
const pooledAtMost = 256;

const pool = new Uint8Array(poolSize);
let used = poolSize;

/**
 * Randomness of the operating system by `node:crypto`.
 *
 * Small requests are cut from a pool, since a call into the generator costs more than the bytes do. Each byte is handed
 * out once, as a copy, and wiped from the pool at once. A length that is no whole number from 0 on is a RangeError.
 */
export const systemRandom: RandomSource = {
  bytes: (length) => {
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError("A length in bytes is a whole number.");
    if (length > pooledAtMost) return randomFillSync(new Uint8Array(length));
    if (used + length > poolSize) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  },
};
