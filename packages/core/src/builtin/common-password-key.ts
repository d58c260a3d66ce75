import { createHash } from "node:crypto";

/** Bytes of a key. With 18,000 keys, one password in 61 million is taken for a common one by chance: 18,000 / 2^40. */
export const commonPasswordKeyBytes = 5;

/** The number a password is listed under: the first bytes of SHA-256 over the UTF-8 of its lower-cased form. */
export const commonPasswordKey = (password: string): number =>
  createHash("sha256").update(password.toLowerCase(), "utf8").digest().readUIntBE(0, commonPasswordKeyBytes);
