import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";

/** The counter fills `rand_a`, 12 bits, the least that RFC 9562 §6.2 advises. */
const counterLimit = 4_096;

/**
 * Makes UUIDs of version 7 in lower case, each greater than the one before it (RFC 9562 §6.2, method 1).
 *
 * 48 bits of milliseconds, a counter of 12 bits that starts at a random number below 2,048 in each new millisecond, and 62
 * fresh random bits. When the clock stands still or steps back, the last millisecond goes on counting; a counter that is
 * full borrows the next millisecond. Order holds within one generator; among several only that of their clocks does. An
 * id is not a secret (ASVS 5.0 §11.5.1).
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
        counter = ((random[0] ?? 0) << 3) | ((random[1] ?? 0) >>> 5);
      }
      id.writeUIntBE(millisecond, 0, 6);
      id.writeUInt16BE(0x7000 | counter, 6);
      id.set(random.subarray(2), 8);
      id.writeUInt8(0x80 | (id.readUInt8(8) & 0x3f), 8);
      const hex = id.toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
};
