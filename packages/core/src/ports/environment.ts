/** The time. One reading decides one operation. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  readonly now: () => number;
}

/** Cryptographically secure randomness. */
export interface RandomSource {
  readonly bytes: (length: number) => Uint8Array;
}

/**
 * Makes ids for users whose creator names none: 1 to 128 of `A-Z a-z 0-9 . _ ~ : -`, neither `me`, `count` nor only dots.
 * Unique in a tenant (one that is taken is refused with UserIdTaken), and best ordered by time, so that indexes grow at
 * their end. Called once per attempt to create a user, at the same time by many; numbers may remain unused.
 */
export interface IdGenerator {
  readonly next: () => string;
}

/** Knows the passwords that everybody tries first. */
export interface PasswordBlocklist {
  /** Whether the password is a common one. Synchronous and below a millisecond. */
  readonly has: (password: string) => boolean;
}
