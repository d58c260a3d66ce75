/** Knows passwords that were found in breaches. Asked for new passwords only, and never in a transaction. */
export interface BreachedPasswords {
  /**
   * Whether the password is in a breach. When it rejects, or does not answer in five seconds, nobody knows: what then becomes
   * of the password is `passwords.whenBreachesUnknown`. What it rejects with may be logged, so it holds nothing of the
   * password; nor may anything that leaves the process hold all of it, or of a hash of it.
   */
  readonly has: (password: string) => Promise<boolean>;
}
