import { hashSync } from "bcrypt";
import { misshapen, type Recipe, type Scheme } from "./scheme.ts";

/** Provos and Mazières, "A Future-Adaptable Password Scheme", 1999; 2a, 2b and 2y name the same function today. */
const shape = /^\$2([a-z]?)\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

/** 2¹⁵ rounds take about two seconds; each step up doubles them. */
const [leastCost, mostCost] = [4, 15];

/** bcrypt reads no more of a password: what follows never counted. */
const mostPasswordBytes = 72;

const hashBytes = 23;

const read = (text: string): Recipe | string => {
  const [, version = "", costText = "", saltText = "", hashText = ""] = shape.exec(text) ?? [];
  if (costText === "") return misshapen;
  if (!/^[aby]$/.test(version)) return `The version 2${version} of bcrypt is not supported; 2a, 2b and 2y are.`;
  const cost = Number(costText);
  if (cost < leastCost || cost > mostCost) return `Its cost is ${cost}, outside ${leastCost} to ${mostCost}.`;
  return {
    blank: `$2${version}$${costText}$${saltText}${".".repeat(31)}`,
    hash: decoded(hashText),
    derive: (password) => {
      const end = password.indexOf(0);
      const read = password.subarray(0, Math.min(end < 0 ? password.length : end, mostPasswordBytes));
      return decoded(hashSync(Buffer.from(read), `$2b$${costText}$${saltText}`).slice(-31));
    },
  };
};

const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** bcrypt's own base64. Bits beyond the last byte say nothing, and some programs leave them set. */
const decoded = (text: string): Uint8Array => {
  const bytes = new Uint8Array(hashBytes);
  let [bits, held, at] = [0, 0, 0];
  for (const character of text) {
    held = ((held << 6) | alphabet.indexOf(character)) & 0xffff;
    bits += 6;
    if (bits < 8 || at >= hashBytes) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 0xff;
  }
  return bytes;
};

/** `$2b$10$` and salt and hash, as every implementation writes it. */
export const bcrypt: Scheme = { identifiers: ["2", "2a", "2b", "2x", "2y"], name: "bcrypt", read };
