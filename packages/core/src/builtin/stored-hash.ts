import type { ForeignHash, ForeignHashes } from "../ports/foreign-hashes.ts";
import type { HashCheck } from "./argon2-worker.ts";
import { type Argon2Phc, excessOf, readPhc } from "./phc.ts";

/** A stored text, opened and read. */
export type StoredHash =
  | { readonly kind: "argon2"; readonly scheme: string; readonly phc: string; readonly facts: Argon2Phc }
  | { readonly kind: "foreign"; readonly scheme: string; readonly inner: ForeignHash }
  | { readonly kind: "wrapped"; readonly scheme: string; readonly phc: string; readonly blank: string }
  | { readonly kind: "refused"; readonly scheme: string; readonly refusal: string };

/** argon2 around a hash of another system: the PHC string of the outer, how the inner is made, nothing of the inner. */
export const wrappedText = (phc: string, blank: string): string => `$wrapped${phc}$of${blank}`;

const wrappedShape = /^\$wrapped(\$argon2id(?:\$[^$]+){4})\$of(\$.+)$/;

/** Longer than any text of a known scheme; more is not read. */
const longestText = 4_096;

/** Reads what was stored. Never throws. */
export const readStoredHash = (text: string, foreign: ForeignHashes | undefined): StoredHash => {
  if (text.length > longestText) return refused("unknown", `It has more than ${longestText} characters.`);
  const wrapped = wrappedShape.exec(text);
  if (wrapped === null) return readArgon2(text) ?? readForeign(text, foreign);
  const [, phc = "", blank = ""] = wrapped;
  const outer = readArgon2(phc);
  const inner = readForeign(blank, foreign);
  const scheme = `wrapped ${inner.scheme}`;
  if (outer?.kind !== "argon2") return refused(scheme, outer?.refusal ?? "The hash around it is no argon2 PHC string.");
  if (inner.kind === "refused") return refused(scheme, inner.refusal);
  return { kind: "wrapped", scheme, phc, blank };
};

const readArgon2 = (text: string): Extract<StoredHash, { kind: "argon2" | "refused" }> | undefined => {
  const facts = readPhc(text);
  if (facts === undefined) {
    const scheme = /^\$(argon2(?:id|i|d))\$/.exec(text)?.[1];
    return scheme === undefined ? undefined : refused(scheme, "It is no PHC string of argon2 as RFC 9106 allows.");
  }
  const excess = excessOf(facts);
  if (excess !== undefined) return refused(facts.variant, `It asks for ${excess}.`);
  return { kind: "argon2", scheme: facts.variant, phc: text, facts };
};

const readForeign = (
  text: string,
  foreign: ForeignHashes | undefined,
): Extract<StoredHash, { kind: "foreign" | "refused" }> => {
  const read = foreign?.read(text);
  if (read === undefined) {
    const known =
      foreign === undefined ? "no PHC string of argon2, and `hashing.foreign` is not set" : "of no known scheme";
    return refused("unknown", `It is ${known}.`);
  }
  return "refusal" in read ? refused(read.scheme, read.refusal) : { kind: "foreign", scheme: read.scheme, inner: read };
};

const refused = (scheme: string, refusal: string): Extract<StoredHash, { kind: "refused" }> => ({
  kind: "refused",
  scheme,
  refusal,
});

/** The work that tells whether a password made it. */
export const checkOf = (stored: Exclude<StoredHash, { kind: "refused" }>): HashCheck => {
  switch (stored.kind) {
    case "argon2":
      return { phc: stored.phc };
    case "foreign":
      // Copied: sent to a thread, a view would take all of the buffer it looks into along.
      return { text: stored.inner.blank, hash: Uint8Array.from(stored.inner.hash) };
    case "wrapped":
      return { text: stored.blank, phc: stored.phc };
  }
};
