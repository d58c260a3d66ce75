import { pbkdf2Sync } from "node:crypto";
import { blankPhcText, hasParameters, readPhcText, wholeParameter } from "./phc-text.ts";
import { misshapen, type Recipe, type Scheme } from "./scheme.ts";

/** Bytes that one pass over all iterations yields. */
const digests: ReadonlyMap<string, number> = new Map([
  ["sha1", 20],
  ["sha256", 32],
  ["sha512", 64],
]);

/**
 * Iterations times blocks of output: a few seconds. The heaviest default in wide use, 1,300,000 iterations for 64 bytes
 * by SHA-1 (Keycloak), is 5,200,000.
 */
const mostWork = 6_000_000;

const read = (text: string): Recipe | string => {
  const phc = readPhcText(text);
  const digest = phc?.identifier.slice("pbkdf2-".length) ?? "";
  const blockBytes = digests.get(digest);
  const iterations = phc && wholeParameter(phc, "i");
  if (!phc || !blockBytes || !iterations || !hasParameters(phc, "i")) return misshapen;
  const { salt, hash } = phc;
  if (iterations * Math.ceil(hash.length / blockBytes) > mostWork) {
    return `It asks for ${iterations} iterations for ${hash.length} bytes, more than ${mostWork} over all blocks.`;
  }
  return {
    blank: blankPhcText(phc),
    hash,
    derive: (password) => pbkdf2Sync(password, salt, iterations, hash.length, digest),
  };
};

/** RFC 8018, as `$pbkdf2-sha256$i=600000$salt$hash`. */
export const pbkdf2: Scheme = {
  identifiers: [...digests.keys()].map((name) => `pbkdf2-${name}`),
  name: "pbkdf2",
  read,
};
