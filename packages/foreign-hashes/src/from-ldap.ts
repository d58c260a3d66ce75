import { fromBase64 } from "./base64.ts";
import { writePhcText } from "./phc-text.ts";
import { UnreadableRecord } from "./unreadable-record.ts";

const shape = /^\{([A-Za-z0-9-]+)\}(.+)$/;

/** Bytes of the digest; what follows it is the salt. */
const salted: ReadonlyMap<string, readonly [identifier: string, digestBytes: number]> = new Map([
  ["SSHA", ["ssha", 20]],
  ["SSHA256", ["ssha256", 32]],
  ["SSHA512", ["ssha512", 64]],
]);

const pbkdf2: ReadonlyMap<string, string> = new Map([
  ["PBKDF2", "pbkdf2-sha1"],
  ["PBKDF2-SHA1", "pbkdf2-sha1"],
  ["PBKDF2-SHA256", "pbkdf2-sha256"],
  ["PBKDF2-SHA512", "pbkdf2-sha512"],
]);

/**
 * The text for a `userPassword` of an LDAP directory: `{SSHA}…`, `{SSHA256}…`, `{SSHA512}…`, `{PBKDF2…}…`, `{CRYPT}…` and
 * `{ARGON2}…`. (In LDIF the attribute is base64 once more where it stands after two colons.)
 *
 * @throws UnreadableRecord for anything else, hashes without a salt (`{SHA}`, `{MD5}`) and clear text among it.
 */
export const fromLdap = (userPassword: string): string => {
  const [, label = "", rest = ""] = shape.exec(userPassword) ?? [];
  const scheme = label.toUpperCase();
  if (scheme === "CRYPT" || scheme === "ARGON2") return rest;
  const digest = salted.get(scheme);
  if (digest !== undefined) {
    const [identifier, length] = digest;
    const both = bytes(rest);
    return writePhcText({
      identifier,
      parameters: new Map(),
      salt: both.subarray(length),
      hash: both.subarray(0, length),
    });
  }
  const identifier = pbkdf2.get(scheme);
  const [iterations = "", salt = "", hash = ""] = rest.split("$");
  if (identifier === undefined) throw refusal("its scheme is not SSHA, SSHA256, SSHA512, PBKDF2, CRYPT or ARGON2");
  return writePhcText({
    identifier,
    parameters: new Map([["i", iterations]]),
    salt: bytes(salt.replaceAll(".", "+")),
    hash: bytes(hash.replaceAll(".", "+")),
  });
};

const bytes = (text: string): Uint8Array => {
  const decoded = fromBase64(text);
  if (decoded === undefined) throw refusal("it is no base64");
  return decoded;
};

const refusal = (reason: string): UnreadableRecord => new UnreadableRecord("an LDAP directory", reason);
