/** The time. One reading decides one operation. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  readonly now: () => number;
}

/** Cryptographically secure randomness. */
export interface RandomSource {
  readonly bytes: (length: number) => Uint8Array;
}

/** Makes ids for users: unique, and best ordered by time so that indexes grow at their end. */
export interface IdGenerator {
  readonly next: () => string;
}

/** Knows the passwords that everybody tries first. */
export interface PasswordBlocklist {
  /** Whether the password is a common one. Synchronous and below a millisecond. */
  readonly has: (password: string) => boolean;
}
