import { createHash, type Hash } from "node:crypto";

/** Which SHA-2, and how many bytes it yields. */
export interface ShaCrypt {
  readonly digest: "sha256" | "sha512";
  readonly bytes: 32 | 64;
}

/**
 * The work grows with the password in every round. libxcrypt refuses more than 512 bytes (CRYPT_MAX_PASSPHRASE_SIZE), so no
 * hash was made from them: of a longer password so much is read, for the time it takes, and nothing comes out.
 */
const mostPasswordBytes = 512;

/** SHA-crypt by its published steps (Drepper, "Unix crypt using SHA-256 and SHA-512", 2007; public domain). */
export const shaCryptOf = (kind: ShaCrypt, full: Uint8Array, salt: Uint8Array, rounds: number): Uint8Array => {
  const password = full.subarray(0, mostPasswordBytes);
  const { length } = password;
  const fresh = (): Hash => createHash(kind.digest);

  const alternate = fresh().update(password).update(salt).update(password).digest();
  const first = fresh().update(password).update(salt).update(repeated(alternate, length));
  for (let bits = length; bits > 0; bits >>= 1) first.update(bits & 1 ? alternate : password);

  const ofPassword = fresh();
  for (let count = 0; count < length; count++) ofPassword.update(password);
  const p = repeated(ofPassword.digest(), length);

  let result = first.digest();
  const ofSalt = fresh();
  for (let count = 0; count < 16 + (result[0] ?? 0); count++) ofSalt.update(salt);
  const s = repeated(ofSalt.digest(), salt.length);

  for (let round = 0; round < rounds; round++) {
    const isOdd = (round & 1) === 1;
    const step = fresh().update(isOdd ? p : result);
    if (round % 3 !== 0) step.update(s);
    if (round % 7 !== 0) step.update(p);
    result = step.update(isOdd ? result : p).digest();
  }
  return full.length > mostPasswordBytes ? new Uint8Array() : result;
};

/** So many bytes of a digest, over and over. */
const repeated = (digest: Uint8Array, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => digest[index % digest.length] ?? 0);

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The order in which the bytes are written, three to four characters; the rest stands at the end, highest first. */
const orderOf = ({ bytes }: ShaCrypt): readonly number[] => {
  const third = Math.floor(bytes / 3);
  const step = bytes === 64 ? 1 : 2;
  const triples = Array.from({ length: third }, (_, index) => {
    const turn = (index * step) % 3;
    return [0, 1, 2].map((column) => index + third * ((column + turn) % 3));
  });
  const rest = bytes === 64 ? [63] : [31, 30];
  return [...triples.flat(), ...rest];
};

/** Characters of a group of 3, 2 or 1 bytes. */
const charactersOf = (bytes: number): number => bytes + 1;

/** The text of a hash. */
export const encodeShaCrypt = (kind: ShaCrypt, hash: Uint8Array): string => {
  const order = orderOf(kind);
  let text = "";
  for (let at = 0; at < order.length; at += 3) {
    const group = order.slice(at, at + 3);
    let value = group.reduce((sum, index) => sum * 256 + (hash[index] ?? 0), 0);
    for (let count = 0; count < charactersOf(group.length); count++, value >>= 6) text += alphabet[value & 63];
  }
  return text;
};

/** The hash of a text; undefined when it has another length, or says more than the bytes of a hash. */
export const decodeShaCrypt = (kind: ShaCrypt, text: string): Uint8Array | undefined => {
  const order = orderOf(kind);
  const hash = new Uint8Array(kind.bytes);
  let read = 0;
  for (let at = 0; at < order.length; at += 3) {
    const group = order.slice(at, at + 3);
    const end = read + charactersOf(group.length);
    let value = [...text.slice(read, end)].reduceRight((sum, character) => sum * 64 + alphabet.indexOf(character), 0);
    read = end;
    for (const index of group.toReversed()) {
      hash[index] = value & 0xff;
      value >>= 8;
    }
  }
  return encodeShaCrypt(kind, hash) === text ? hash : undefined;
};
