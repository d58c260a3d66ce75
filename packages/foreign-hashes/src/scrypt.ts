import { blankPhcText, hasParameters, readPhcText } from "./phc-text.ts";
import { misshapen, type Recipe, type Scheme } from "./scheme.ts";
import { readScryptCost, scryptExcess, scryptOf } from "./scrypt-cost.ts";

const read = (text: string): Recipe | string => {
  const phc = readPhcText(text);
  const cost = phc && readScryptCost(phc);
  if (!phc || !cost) return misshapen;
  const isNormalised = phc.parameters.get("form") === "nfkc";
  if (!hasParameters(phc, "ln", "r", "p", ...(isNormalised ? ["form"] : []))) return misshapen;
  const excess = scryptExcess(cost);
  if (excess !== undefined) return excess;
  const { salt, hash } = phc;
  return {
    blank: blankPhcText(phc),
    hash,
    derive: (password) => scryptOf(isNormalised ? normalised(password) : password, salt, hash.length, cost),
  };
};

const normalised = (password: Uint8Array): Uint8Array =>
  new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(password).normalize("NFKC"));

/** RFC 7914, as `$scrypt$ln=14,r=8,p=1$salt$hash`; with `,form=nfkc` the password was normalised before. */
export const scrypt: Scheme = { identifiers: ["scrypt"], name: "scrypt", read };
