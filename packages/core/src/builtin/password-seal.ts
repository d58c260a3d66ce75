import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import * as Redacted from "effect/Redacted";

/** A secret outside the database, under which stored hashes are encrypted. */
export interface Pepper {
  /** 1 to 32 of `a-z 0-9 -`; it stands beside what the secret sealed. A secret keeps its id, an id its secret. */
  readonly id: string;
  /** At least 16 bytes as UTF-8 (NIST SP 800-63B-4 §3.1.1.2 asks for 112 bits). */
  readonly secret: Redacted.Redacted;
}

/** Encrypts texts under the current pepper, and opens those of every known one. */
export interface PasswordSeal {
  /** The text, encrypted under the current pepper; as it is when there is none. */
  readonly close: (text: string) => string;
  /** The text that was sealed; as it is when it was not. */
  readonly open: (stored: string) => { readonly text: string } | { readonly refusal: string };
  /** Whether `close` would use the same pepper. */
  readonly isCurrent: (stored: string) => boolean;
}

const shape = /^\$sealed\$([a-z0-9-]{1,32})\$([A-Za-z0-9_-]{38,8192})$/;

/** AES-256-GCM with a random nonce of 96 bits: good for 2³² texts under one pepper (NIST SP 800-38D §8.3). */
const cipherName = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Makes the seal of some peppers, the current one first. */
export const makePasswordSeal = (peppers: readonly Pepper[]): PasswordSeal => {
  const keys = new Map(peppers.map(({ id, secret }) => [id, keyOf(secret)] as const));
  const [current] = keys;

  return {
    close: (text) => {
      if (current === undefined) return text;
      const [id, key] = current;
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(id));
      const box = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `$sealed$${id}$${box.toString("base64url")}`;
    },
    open: (stored) => {
      if (!stored.startsWith("$sealed$")) return { text: stored };
      const [, id = "", box = ""] = shape.exec(stored) ?? [];
      if (id === "") return { refusal: "It looks sealed, but is cut off or altered." };
      const key = keys.get(id);
      if (key === undefined) return { refusal: `It is sealed under the pepper '${id}', which is not configured.` };
      try {
        return { text: opened(Buffer.from(box, "base64url"), id, key) };
      } catch {
        return { refusal: `It is sealed under another secret than the pepper '${id}' has, or altered.` };
      }
    },
    isCurrent: (stored) =>
      current === undefined ? !stored.startsWith("$sealed$") : stored.startsWith(`$sealed$${current[0]}$`),
  };
};

const keyOf = (secret: Redacted.Redacted): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", Redacted.value(secret), "", "muster: password hashes at rest", 32));

const opened = (box: Buffer, id: string, key: Uint8Array): string => {
  const decipher = createDecipheriv(cipherName, key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(id)).setAuthTag(box.subarray(-tagBytes));
  return Buffer.concat([decipher.update(box.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString("utf8");
};
