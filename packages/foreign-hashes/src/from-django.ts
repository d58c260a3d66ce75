import { fromBase64 } from "./base64.ts";
import { writePhcText } from "./phc-text.ts";
import { UnreadableRecord } from "./unreadable-record.ts";

/**
 * The text for a password of Django: `pbkdf2_sha256$…`, `pbkdf2_sha1$…`, `scrypt$…`, `argon2$…`, `bcrypt$…`.
 *
 * @throws UnreadableRecord for anything else, `bcrypt_sha256`, `md5` and unusable passwords (`!…`) among it.
 */
export const fromDjango = (encoded: string): string => {
  const [algorithm = "", ...fields] = encoded.split("$");
  switch (algorithm) {
    case "pbkdf2_sha256":
    case "pbkdf2_sha1": {
      const [iterations = "", salt = "", hash = ""] = exactly(fields, 3);
      return phc(algorithm.replace("_", "-"), [["i", iterations]], salt, hash);
    }
    case "scrypt": {
      const [n = "", r = "", p = "", salt = "", hash = ""] = [fields[1], fields[2], fields[3], fields[0], fields[4]];
      exactly(fields, 5);
      const ln = String(Math.log2(Number(n)));
      return phc(
        "scrypt",
        [
          ["ln", ln],
          ["r", r],
          ["p", p],
        ],
        salt,
        hash,
      );
    }
    case "argon2":
    case "bcrypt":
      return `$${fields.filter((field, index) => index > 0 || field !== "").join("$")}`;
    default:
      throw refusal("it does not begin with pbkdf2_sha256$, pbkdf2_sha1$, scrypt$, argon2$ or bcrypt$");
  }
};

/** Django's salts are texts; their characters are what is hashed. */
const phc = (
  identifier: string,
  parameters: readonly (readonly [string, string])[],
  saltText: string,
  hashText: string,
) => {
  const hash = fromBase64(hashText);
  if (hash === undefined || saltText === "") throw refusal("its salt is empty or its hash is no base64");
  return writePhcText({ identifier, parameters: new Map(parameters), salt: new TextEncoder().encode(saltText), hash });
};

const exactly = (fields: readonly string[], count: number): readonly string[] => {
  if (fields.length === count) return fields;
  throw refusal(`it has not ${count} fields after the algorithm`);
};

const refusal = (reason: string): UnreadableRecord => new UnreadableRecord("Django", reason);
