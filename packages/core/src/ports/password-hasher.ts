import type * as Effect from "effect/Effect";
import type * as Redacted from "effect/Redacted";
import type { TooBusy } from "../errors.ts";

/** Hashes and checks passwords, at a cost of its own choosing. Many calls at once must not starve the host. */
export interface PasswordHasher {
  /** A PHC string with a fresh salt. Fails with TooBusy, at once, when too many calls wait already. */
  readonly hash: (password: Redacted.Redacted) => Effect.Effect<string, TooBusy>;

  /** Whether the password made this hash. A hash it cannot read is a defect (the login is refused, never let in). */
  readonly verify: (password: Redacted.Redacted, hash: string) => Effect.Effect<boolean, TooBusy>;

  /** Does the work of `verify` for a login that names nobody, so that its duration tells nothing. */
  readonly verifyNothing: (password: Redacted.Redacted) => Effect.Effect<void, TooBusy>;

  /** Whether a stored hash was made with other parameters than `hash` would use now. */
  readonly isOutdated: (hash: string) => boolean;
}
