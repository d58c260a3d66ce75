import { createHash } from "node:crypto";
import { blankPhcText, hasParameters, readPhcText } from "./phc-text.ts";
import { misshapen, type Recipe, type Scheme } from "./scheme.ts";

const digests: ReadonlyMap<string, { readonly name: string; readonly bytes: number }> = new Map([
  ["ssha", { name: "sha1", bytes: 20 }],
  ["ssha256", { name: "sha256", bytes: 32 }],
  ["ssha512", { name: "sha512", bytes: 64 }],
]);

const read = (text: string): Recipe | string => {
  const phc = readPhcText(text);
  const digest = phc && digests.get(phc.identifier);
  if (!phc || !digest || phc.hash.length !== digest.bytes || !hasParameters(phc)) return misshapen;
  return {
    blank: blankPhcText(phc),
    hash: phc.hash,
    derive: (password) => createHash(digest.name).update(password).update(phc.salt).digest(),
  };
};

/** One digest of password and salt, as LDAP directories keep it: `$ssha$salt$hash`, `$ssha256$…`, `$ssha512$…`. */
export const saltedSha: Scheme = { identifiers: [...digests.keys()], name: "salted-sha", read };
