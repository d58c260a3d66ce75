import { misshapen, type Recipe, type Scheme } from "./scheme.ts";
import { decodeShaCrypt, encodeShaCrypt, type ShaCrypt, shaCryptOf } from "./sha-crypt-digest.ts";

const shape = /^\$([56])\$(?:rounds=([1-9]\d{3,8})\$)?([^$:\n\0]{0,16})\$([./A-Za-z0-9]{43}|[./A-Za-z0-9]{86})$/;

/** 5,000 where the text names none; 1,000 at least (Drepper, "Unix crypt using SHA-256 and SHA-512", 2007). */
const usualRounds = 5_000;
/** A few seconds; the heaviest default in wide use is 656,000 (passlib). */
const mostRounds = 700_000;

const kinds: { readonly [identifier: string]: ShaCrypt } = {
  5: { digest: "sha256", bytes: 32 },
  6: { digest: "sha512", bytes: 64 },
};

const read = (text: string): Recipe | string => {
  const [, identifier = "", roundsText, salt = "", hashText = ""] = shape.exec(text) ?? [];
  const kind = kinds[identifier];
  const hash = kind && decodeShaCrypt(kind, hashText);
  if (!kind || !hash) return misshapen;
  const rounds = roundsText === undefined ? usualRounds : Number(roundsText);
  if (rounds > mostRounds) return `It asks for ${rounds} rounds, more than ${mostRounds}.`;
  const head = text.slice(0, -hashText.length);
  return {
    blank: head + encodeShaCrypt(kind, new Uint8Array(kind.bytes)),
    hash,
    derive: (password) => shaCryptOf(kind, password, new TextEncoder().encode(salt), rounds),
  };
};

/** SHA-crypt, as `crypt(3)` writes it: `$5$salt$hash` and `$6$rounds=10000$salt$hash`. */
export const shaCrypt: Scheme = { identifiers: ["5", "6"], name: "sha-crypt", read };
