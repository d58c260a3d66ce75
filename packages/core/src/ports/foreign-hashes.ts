/**
 * Reads and computes password hashes of other systems. The built-in hasher takes one as `hashing.foreign` and does the
 * work in its own threads, behind its own line.
 */
export interface ForeignHashes {
  /**
   * A module that exports `derive` ({@link DeriveForeignHash}); threads load it when they start. It may not count on
   * flags, loaders or export conditions of the process.
   */
  readonly program: URL;

  /**
   * What a stored text says; undefined when it is of no known scheme. Never throws, and takes no longer than reading the
   * text. A text that is refused (it would stall the machine, or is cut off) says why.
   */
  readonly read: (text: string) => ForeignHash | RefusedForeignHash | undefined;
}

/** A stored text that can be checked. */
export interface ForeignHash {
  /** For reports, e.g. `bcrypt`. */
  readonly scheme: string;
  /** The text with every bit of the hash zero: how it was made, and nothing of what came out. It can be read again. */
  readonly blank: string;
  /** What came out. */
  readonly hash: Uint8Array;
}

/** A stored text of a known scheme that is not worked on. */
export interface RefusedForeignHash {
  readonly scheme: string;
  /** A sentence for operators, without anything of the salt or the hash. */
  readonly refusal: string;
}

/** Computes, synchronously, what `hash` is for this password (UTF-8). `text` was read before, or is a blank one. */
export type DeriveForeignHash = (text: string, password: Uint8Array) => Uint8Array;
