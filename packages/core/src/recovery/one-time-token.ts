import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { decodeBase64Url } from "../kernel/base64url.ts";
import type { RandomSource } from "../ports/environment.ts";
import type { OneTimePurpose } from "../ports/one-time-token-store.ts";

/** Makes and reads the texts of one-time tokens. Nothing here touches a store. */
export interface OneTimeTokens {
  readonly issue: (purpose: OneTimePurpose) => string;
  /** What a text is for; undefined when it is no text that `issue` makes, e.g. mistyped, cut off or re-spelled. */
  readonly purposeOf: (text: string) => OneTimePurpose | undefined;
  /** SHA-256 of the text, 32 bytes: what a store keeps. A token is random enough to need neither salt nor stretching. */
  readonly hash: (text: string) => Uint8Array;
}

/** Marks texts for people and for scanners of leaked secrets: `mst_(rst|ver|chg|und|inv|lgn)_[A-Za-z0-9_-]{48}`. */
const prefixes: Readonly<Record<OneTimePurpose, string>> = {
  password_reset: "mst_rst_",
  email_verification: "mst_ver_",
  email_change: "mst_chg_",
  email_undo: "mst_und_",
  login_challenge: "mst_lgn_",
  invitation: "mst_inv_",
};

const purposes = Object.keys(prefixes) as readonly OneTimePurpose[];

/** 256 bits; OWASP ASVS 5.0 11.5.1 asks for 128. */
const secretBytes = 32;
const checksumBytes = 4;
const bodyLength = ((secretBytes + checksumBytes) * 4) / 3;

/**
 * One-time tokens: a prefix by purpose, then base64url of 32 random bytes and the CRC-32 of all that stands before it.
 *
 * The checksum lets a scanner tell a leaked token from a random text, and us a mistyped one without asking a store. It
 * guards nothing: the secret does.
 */
export const oneTimeTokens = (randomSource: RandomSource): OneTimeTokens => ({
  issue: (purpose) => {
    const secret = randomSource.bytes(secretBytes);
    const checked = Buffer.concat([secret, checksumOf(prefixes[purpose], secret)]);
    return prefixes[purpose] + checked.toString("base64url");
  },

  purposeOf: (text) => {
    const purpose = purposes.find((each) => text.startsWith(prefixes[each]));
    if (purpose === undefined || text.length !== prefixes[purpose].length + bodyLength) return undefined;
    const bytes = decodeBase64Url(text.slice(prefixes[purpose].length));
    if (bytes === undefined) return undefined;
    const isWhole = checksumOf(prefixes[purpose], bytes.subarray(0, secretBytes)).equals(bytes.subarray(secretBytes));
    return isWhole ? purpose : undefined;
  },

  hash: (text) => createHash("sha256").update(text).digest(),
});

const checksumOf = (prefix: string, secret: Uint8Array): Buffer => {
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32BE(crc32(secret, crc32(prefix)));
  return checksum;
};
