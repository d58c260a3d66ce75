import { randomBytes } from "node:crypto";
import * as Redacted from "effect/Redacted";
import { boxKey, openBox, sealBox } from "../kernel/sealed-box.ts";

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

/** Makes the seal of some peppers, the current one first. */
export const makePasswordSeal = (peppers: readonly Pepper[]): PasswordSeal => {
  const keys = new Map(peppers.map(({ id, secret }) => [id, keyOf(secret)] as const));
  const [current] = keys;

  return {
    close: (text) => {
      if (current === undefined) return text;
      const [id, key] = current;
      const box = sealBox(key, randomBytes, id, text);
      return `$sealed$${id}$${box.toString("base64url")}`;
    },
    open: (stored) => {
      if (!stored.startsWith("$sealed$")) return { text: stored };
      const [, id = "", box = ""] = shape.exec(stored) ?? [];
      if (id === "") return { refusal: "It looks sealed, but is cut off or altered." };
      const key = keys.get(id);
      if (key === undefined) return { refusal: `It is sealed under the pepper '${id}', which is not configured.` };
      const text = openBox(key, id, Buffer.from(box, "base64url"));
      if (text !== undefined) return { text };
      return { refusal: `It is sealed under another secret than the pepper '${id}' has, or altered.` };
    },
    isCurrent: (stored) =>
      current === undefined ? !stored.startsWith("$sealed$") : stored.startsWith(`$sealed$${current[0]}$`),
  };
};

const keyOf = (secret: Redacted.Redacted): Uint8Array =>
  boxKey(Redacted.value(secret), "muster: password hashes at rest");
