import { createCipheriv } from "node:crypto";
import { fromBase64 } from "./base64.ts";
import { blankPhcText, hasParameters, readPhcText } from "./phc-text.ts";
import { misshapen, type Recipe, type Scheme } from "./scheme.ts";
import { readScryptCost, scryptExcess, scryptOf } from "./scrypt-cost.ts";

/** AES-256 in counter mode from zero: the key is used for one text, the project's signer key. */
const keyBytes = 32;
const counter = new Uint8Array(16);

const read = (text: string): Recipe | string => {
  const phc = readPhcText(text);
  const cost = phc && readScryptCost(phc, 1);
  const separator = fromBase64(phc?.parameters.get("sep") ?? "");
  const signerKey = fromBase64(phc?.parameters.get("key") ?? "");
  if (!phc || !cost || !separator || !signerKey || !hasParameters(phc, "ln", "r", "sep", "key")) return misshapen;
  if (signerKey.length !== phc.hash.length) return misshapen;
  const excess = scryptExcess(cost);
  if (excess !== undefined) return excess;
  return {
    blank: blankPhcText(phc),
    hash: phc.hash,
    derive: (password) => {
      const salt = Buffer.concat([phc.salt, separator]);
      const cipher = createCipheriv("aes-256-ctr", scryptOf(password, salt, keyBytes, cost), counter);
      return Buffer.concat([cipher.update(signerKey), cipher.final()]);
    },
  };
};

/**
 * Firebase's modified scrypt, as `$firebase-scrypt$ln=14,r=8,sep=…,key=…$salt$hash`: the hash is the project's signer key
 * encrypted under what scrypt makes of the password.
 */
export const firebaseScrypt: Scheme = { identifiers: ["firebase-scrypt"], name: "firebase-scrypt", read };
