import type { ForeignHashes } from "@muster/core/ports";
import { schemeOf } from "./schemes.ts";

/** What the threads load, beside this file: TypeScript when run from the sources, JavaScript when compiled. */
const program: URL = new URL(import.meta.url.endsWith(".ts") ? "./derive.ts" : "./derive.js", import.meta.url);

/**
 * Hashes of other systems, for `createMuster({ hashing: { foreign: foreignHashes() } })`: bcrypt, scrypt, Firebase's
 * scrypt, PBKDF2, salted SHA, SHA-crypt. (argon2 in PHC form Muster checks by itself.)
 *
 * Each scheme has one stored form, which the converters write; parameters that would keep a thread for more than a few
 * seconds are refused. What a scheme does to a password holds: bcrypt reads 72 bytes, Better Auth normalises.
 */
export const foreignHashes = (): ForeignHashes => ({
  program,
  read: (text) => {
    const scheme = schemeOf(text);
    const recipe = scheme?.read(text);
    if (scheme === undefined || recipe === undefined) return undefined;
    if (typeof recipe === "string") return { scheme: scheme.name, refusal: recipe };
    return { scheme: scheme.name, blank: recipe.blank, hash: recipe.hash };
  },
});
