import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from "node:crypto";

/** AES-256-GCM with a random nonce of 96 bits: good for 2³² boxes under one key (NIST SP 800-38D §8.3). */
const cipherName = "aes-256-gcm";
/** Sizes of AES-GCM (NIST SP 800-38D §5.2). */
const nonceBytes = 12;
const tagBytes = 16;

/** A key for boxes of one use, out of a secret that is random already (RFC 5869 without salt). */
export const boxKey = (secret: string | KeyObject, use: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "", use, 32));

/** Encrypts a text: nonce, cipher text and tag in one. `owner` is whose box it is; nonces must be random and new. */
export const sealBox = (
  key: Uint8Array,
  nonces: (length: number) => Uint8Array,
  owner: string,
  text: string,
): Buffer => {
  const nonce = nonces(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(owner));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
};

/** The text of a box, undefined when it was sealed under another key, for another owner, or was altered or cut. */
export const openBox = (key: Uint8Array, owner: string, box: Uint8Array): string | undefined => {
  if (box.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(cipherName, key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(owner)).setAuthTag(box.subarray(-tagBytes));
  const opened = decipher.update(box.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([opened, decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
};
