import { fromBase64, toBase64 } from "./base64.ts";
import { writePhcText } from "./phc-text.ts";
import { UnreadableRecord } from "./unreadable-record.ts";

/** A project's password hash parameters, as its console shows them under Users. */
export interface FirebaseHashConfig {
  /** `base64_signer_key` */
  readonly signerKey: string;
  /** `base64_salt_separator` */
  readonly saltSeparator: string;
  readonly rounds: number;
  /** `mem_cost` */
  readonly memoryCost: number;
}

/** A user of `firebase auth:export`, as far as the password goes. */
export interface FirebaseUser {
  readonly passwordHash: string;
  readonly salt: string;
}

/**
 * The text for a user's password of Firebase. The signer key goes into each text: whoever reads them has it.
 *
 * @throws UnreadableRecord when a field is no base64.
 */
export const fromFirebase = (config: FirebaseHashConfig, user: FirebaseUser): string => {
  const salt = bytes("salt", user.salt);
  const hash = bytes("passwordHash", user.passwordHash);
  const parameters = new Map([
    ["ln", String(config.memoryCost)],
    ["r", String(config.rounds)],
    ["sep", toBase64(bytes("saltSeparator", config.saltSeparator))],
    ["key", toBase64(bytes("signerKey", config.signerKey))],
  ]);
  return writePhcText({ identifier: "firebase-scrypt", parameters, salt, hash });
};

/** Exports have either alphabet of base64. */
const bytes = (name: string, text: string): Uint8Array => {
  const decoded = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (decoded === undefined) throw new UnreadableRecord("Firebase", `'${name}' is no base64`);
  return decoded;
};
