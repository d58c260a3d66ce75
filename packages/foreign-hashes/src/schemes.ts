import { bcrypt } from "./bcrypt.ts";
import { firebaseScrypt } from "./firebase-scrypt.ts";
import { pbkdf2 } from "./pbkdf2.ts";
import { saltedSha } from "./salted-sha.ts";
import type { Scheme } from "./scheme.ts";
import { scrypt } from "./scrypt.ts";
import { shaCrypt } from "./sha-crypt.ts";

const byIdentifier: ReadonlyMap<string, Scheme> = new Map(
  [bcrypt, scrypt, firebaseScrypt, pbkdf2, saltedSha, shaCrypt].flatMap((scheme) =>
    scheme.identifiers.map((identifier) => [identifier, scheme] as const),
  ),
);

/** The scheme that a text says it is of. */
export const schemeOf = (text: string): Scheme | undefined =>
  text.startsWith("$") ? byIdentifier.get(text.slice(1, text.indexOf("$", 1))) : undefined;
