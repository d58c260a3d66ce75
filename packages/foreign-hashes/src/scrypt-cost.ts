import { scryptSync } from "node:crypto";
import { type PhcText, wholeParameter } from "./phc-text.ts";

/** RFC 7914 §2: N = 2^ln, r, p. */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** 256 MiB, twice what OWASP ASVS 5.0 (appendix C) asks for, and 1 GiB over all lanes: a few seconds. */
const mostMemoryBytes = 2 ** 28;
const mostWorkBytes = 2 ** 30;
const [mostR, mostP] = [64, 64];

/** Reads the parameters `ln`, `r` and, where `p` is not fixed, `p`; undefined when one is missing or malformed. */
export const readScryptCost = (
  phc: PhcText,
  p: number | undefined = wholeParameter(phc, "p"),
): ScryptCost | undefined => {
  const [ln, r] = [wholeParameter(phc, "ln"), wholeParameter(phc, "r")];
  return ln === undefined || r === undefined || p === undefined ? undefined : { ln, r, p };
};

/** What is too heavy about a cost, as a sentence; undefined when nothing is. */
export const scryptExcess = ({ ln, r, p }: ScryptCost): string | undefined => {
  if (r > mostR || p > mostP) return `It asks for r=${r}, p=${p}, beyond ${mostR} and ${mostP}.`;
  // RFC 7914 §2: N is less than 2^(128·r/8).
  if (ln >= 16 * r) return `It asks for 2^${ln} blocks, which r=${r} does not allow.`;
  const memory = 2 ** ln * 128 * r;
  if (memory > mostMemoryBytes) return `It asks for 2^${ln} blocks of r=${r}, more than ${mostMemoryBytes} bytes.`;
  if (memory * p > mostWorkBytes) return `It asks for p=${p} lanes, more than ${mostWorkBytes} bytes over all.`;
  return undefined;
};

/** scrypt, with just the memory that the cost needs. */
export const scryptOf = (password: Uint8Array, salt: Uint8Array, length: number, cost: ScryptCost): Uint8Array => {
  const { ln, r, p } = cost;
  return scryptSync(password, salt, length, { N: 2 ** ln, r, p, maxmem: 128 * r * (2 ** ln + p + 2) });
};
