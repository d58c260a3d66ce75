import { writePhcText } from "./phc-text.ts";
import { UnreadableRecord } from "./unreadable-record.ts";

const shape = /^([0-9a-f]{32}):([0-9a-f]{128})$/;

/** Its fixed parameters. The salt is hashed as the text it is kept as; passwords are normalised by NFKC. */
const parameters: ReadonlyMap<string, string> = new Map([
  ["ln", "14"],
  ["r", "16"],
  ["p", "1"],
  ["form", "nfkc"],
]);

/**
 * The text for the `password` of a Better Auth account: `salt:hash`, both hexadecimal.
 *
 * @throws UnreadableRecord when it is something else, e.g. of a hash function of the app's own.
 */
export const fromBetterAuth = (password: string): string => {
  const [, salt = "", hash = ""] = shape.exec(password) ?? [];
  if (salt === "") throw new UnreadableRecord("Better Auth", "it is not 32 hexadecimal digits, a colon and 128 more");
  const bytes = Uint8Array.from(Buffer.from(hash, "hex"));
  return writePhcText({ identifier: "scrypt", parameters, salt: new TextEncoder().encode(salt), hash: bytes });
};
