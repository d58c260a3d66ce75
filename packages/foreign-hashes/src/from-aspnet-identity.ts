import { fromBase64 } from "./base64.ts";
import { writePhcText } from "./phc-text.ts";
import { UnreadableRecord } from "./unreadable-record.ts";

const digests = ["sha1", "sha256", "sha512"];

/** Version 2: this many iterations by SHA-1, 16 bytes of salt, 32 of hash. */
const [oldIterations, oldSaltBytes, oldLength] = [1_000, 16, 49];

/**
 * The text for a `PasswordHash` of ASP.NET Core Identity (version 3) or of ASP.NET Identity before it (version 2).
 *
 * Version 3 is base64 of 0x01, three numbers of four bytes (digest, iterations, length of the salt), salt and hash.
 *
 * @throws UnreadableRecord when it is neither.
 */
export const fromAspnetIdentity = (passwordHash: string): string => {
  const blob = fromBase64(passwordHash);
  if (blob === undefined) throw refusal("it is no base64");
  if (blob[0] === 0 && blob.length === oldLength) return pbkdf2("sha1", oldIterations, blob.subarray(1), oldSaltBytes);
  if (blob[0] !== 1 || blob.length < 13) throw refusal("it is neither of version 2 nor 3");
  const view = new DataView(blob.buffer);
  const digest = digests[view.getUint32(1)];
  if (digest === undefined) throw refusal("its digest is none of SHA-1, SHA-256 and SHA-512");
  return pbkdf2(digest, view.getUint32(5), blob.subarray(13), view.getUint32(9));
};

const pbkdf2 = (digest: string, iterations: number, saltAndHash: Uint8Array, saltBytes: number): string =>
  writePhcText({
    identifier: `pbkdf2-${digest}`,
    parameters: new Map([["i", String(iterations)]]),
    salt: saltAndHash.subarray(0, saltBytes),
    hash: saltAndHash.subarray(saltBytes),
  });

const refusal = (reason: string): UnreadableRecord => new UnreadableRecord("ASP.NET Identity", reason);
