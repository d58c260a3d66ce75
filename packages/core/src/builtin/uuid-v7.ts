import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";

/** Bits of the counter: `rand_a` (12) and the first two bytes of `rand_b` (14 beside the variant). */
const counterLimit = 2 ** 26;

/**
 * Makes UUIDs of version 7 in lower case, each greater than the one before it (RFC 9562 §6.2, method 1).
 *
 * 48 bits of milliseconds, a counter of 26 bits that starts at a random number below 2²⁵ in each new millisecond, and 48
 * fresh random bits. When the clock stands still or steps back, the last millisecond goes on counting; a counter that is
 * full borrows the next one. Order holds within one generator; among several only that of their clocks does. An id is
 * not a secret: whoever knows one can guess near ones within 2⁴⁸ tries.
 */
export const uuidV7Generator = (clock: Clock, randomSource: RandomSource): IdGenerator => {
  const id = Buffer.alloc(16);
  let millisecond = -1;
  let counter = 0;
  return {
    next: () => {
      const random = randomSource.bytes(10);
      const now = Math.floor(clock.now());
      counter += 1;
      if (now > millisecond || counter >= counterLimit) {
        millisecond = Math.max(now, millisecond + 1);
        counter = Buffer.from(random.buffer, random.byteOffset, 4).readUInt32BE() >>> 7;
      }
      id.writeUIntBE(millisecond, 0, 6);
      id.writeUInt16BE(0x7000 | (counter >>> 14), 6);
      id.writeUInt16BE(0x8000 | (counter & 0x3fff), 8);
      id.set(random.subarray(4), 10);
      const hex = id.toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
};
