import type { PasswordBlocklist } from "../ports/environment.ts";
import { commonPasswordKey, commonPasswordKeyBytes } from "./common-password-key.ts";
import { commonPasswordTable } from "./common-password-table.ts";

let decoded: Buffer | undefined;

const keyAt = (table: Buffer, index: number): number =>
  table.readUIntBE(index * commonPasswordKeyBytes, commonPasswordKeyBytes);

const holds = (table: Buffer, key: number): boolean => {
  let low = 0;
  let high = table.length / commonPasswordKeyBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyAt(table, middle) < key) low = middle + 1;
    else high = middle;
  }
  return low * commonPasswordKeyBytes < table.length && keyAt(table, low) === key;
};

/**
 * The built-in block list: the 17,950 most common passwords of 8 or more characters, in any letter case.
 *
 * Held as truncated hashes, decoded at the first question. Every listed password is found; one in 61 million others is
 * taken for a listed one. From @zxcvbn-ts/language-common 4.1.3, which covers what NIST SP 800-63B-4 §3.1.1.2 and OWASP
 * ASVS 5.0 6.2.4 (the 3,000 most common) ask for.
 */
export const commonPasswords = (): PasswordBlocklist => ({
  has: (password) => {
    decoded ??= Buffer.from(commonPasswordTable, "base64");
    return holds(decoded, commonPasswordKey(password));
  },
});
