/** A way to hash passwords: how its text reads, and how the hash is computed. */
export interface Scheme {
  /** What stands between the first two `$` of its texts. */
  readonly identifiers: readonly string[];
  /** For reports. */
  readonly name: string;
  /** What a text says; a sentence when it is refused. */
  readonly read: (text: string) => Recipe | string;
}

/** How a hash was made, and what came out. */
export interface Recipe {
  /** The text with every bit of the hash zero. */
  readonly blank: string;
  readonly hash: Uint8Array;
  /** Computes the hash of a password. */
  readonly derive: (password: Uint8Array) => Uint8Array;
}

/** Said of a text that does not have the form of its scheme. */
export const misshapen = "Its text is cut off, altered or of another form than expected.";
