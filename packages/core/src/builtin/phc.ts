import { randomBytes } from "node:crypto";

/** What a PHC string of argon2 says about how it was made. */
export interface Argon2Phc {
  readonly variant: string;
  /** 19 (0x13) today; 16 where the string names none. */
  readonly version: number;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly saltBytes: number;
  readonly hashBytes: number;
}

/** Argon2's three cost parameters (RFC 9106 §3.1: m, t, p). */
export type Argon2Cost = Pick<Argon2Phc, "memoryKiB" | "passes" | "parallelism">;

/** Bytes of salt and hash that we write: RFC 9106 §3.1 recommends 16 of salt, §4 256 bits of tag. */
export const saltBytes = 16;
export const hashBytes = 32;

/** Salt of 8 (RFC 9106 §3.1) to 48 bytes, hash of 16 or more (a shorter one could be met by chance), 64 at most. */
const shape =
  /^\$(argon2id|argon2i|argon2d)(?:\$v=(16|19))?\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/;

/** Reads a PHC string; undefined when it is none of argon2, or names anything we would not compute. */
export const readPhc = (text: string): Argon2Phc | undefined => {
  const parts = shape.exec(text);
  if (parts === null) return undefined;
  const [, variant = "", version = "16", memory, passes, parallelism, salt = "", hash = ""] = parts;
  const [memoryKiB, lanes] = [Number(memory), Number(parallelism)];
  // RFC 9106 §3.1: eight blocks a lane at least.
  if (memoryKiB < 8 * lanes || !isBase64(salt) || !isBase64(hash)) return undefined;
  return {
    variant,
    version: Number(version),
    memoryKiB,
    passes: Number(passes),
    parallelism: lanes,
    saltBytes: Math.floor((salt.length * 3) / 4),
    hashBytes: Math.floor((hash.length * 3) / 4),
  };
};

/** Whether a text is what base64 without padding would write, with no bit set that says nothing. */
const isBase64 = (text: string): boolean => Buffer.from(text, "base64").toString("base64").replaceAll("=", "") === text;

/** What argon2 is put around when it is put around another hash: base64, for it takes nothing but UTF-8. */
export const innerText = (hash: Uint8Array): string => Buffer.from(hash).toString("base64");

/** A PHC string that no password made: checking against it is the same work, and answers no. */
export const decoyPhc = (cost: Argon2Cost): string =>
  `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=${cost.parallelism}$${random(saltBytes)}$${random(hashBytes)}`;

const random = (length: number): string => randomBytes(length).toString("base64").replaceAll("=", "");

/** 1 GiB, and 4 GiB over all passes: the heaviest preset in wide use, libsodium's SENSITIVE, just fits. */
const mostMemoryKiB = 1_048_576;
const mostWorkKiB = 4 * mostMemoryKiB;
/** Argon2 starts a thread a lane. */
const mostParallelism = 16;

/** What is too heavy about these parameters for one machine that serves others too; undefined when nothing is. */
export const excessOf = (cost: Argon2Cost): string | undefined => {
  if (cost.memoryKiB > mostMemoryKiB) return `more than ${mostMemoryKiB} KiB of memory`;
  if (cost.memoryKiB * cost.passes > mostWorkKiB) return `more than ${mostWorkKiB} KiB over all passes`;
  if (cost.parallelism > mostParallelism) return `more than ${mostParallelism} lanes`;
  return undefined;
};
