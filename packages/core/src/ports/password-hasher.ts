import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import type { TooBusy } from "../errors.ts";

/** Hashes and checks passwords, at a cost of its own choosing. Many calls at once must not starve the host. */
export interface PasswordHasher {
  /** A stored text with a fresh salt, e.g. a PHC string. Fails with TooBusy, at once, when too many calls wait already. */
  readonly hash: (password: Redacted.Redacted) => Effect.Effect<string, TooBusy>;

  /** Whether the password made this stored text. One that `inspect` refuses is a defect. */
  readonly verify: (password: Redacted.Redacted, stored: string) => Effect.Effect<boolean, TooBusy>;

  /** Does the work of `verify` for a login that names nobody, so that its duration tells nothing. */
  readonly verifyNothing: (password: Redacted.Redacted) => Effect.Effect<void, TooBusy>;

  /** Whether a stored text was made otherwise than `hash` would make it now. */
  readonly isOutdated: (stored: string) => boolean;

  /** What a stored text is, without any work. Never throws, whatever the text. */
  readonly inspect: (stored: string) => StoredHashFacts;

  /**
   * The text to store instead, made without knowing the password; none when there is nothing to improve, or the text is
   * refused. It is checked with the same password as before.
   */
  readonly hardened: (stored: string, how: HardenHow) => Effect.Effect<Option.Option<string>, TooBusy>;
}

/** What `inspect` answers. */
export interface StoredHashFacts {
  /** For reports, e.g. `argon2id`, `bcrypt`, `wrapped bcrypt`; `unknown` when nothing is known of it. */
  readonly scheme: string;
  /** Why no password can be checked against it, as a sentence without anything of the hash; null when one can. */
  readonly refusal: string | null;
}

/** How far `hardened` goes. */
export interface HardenHow {
  /** Also puts the hasher's own hash around one of another system, which costs as much as hashing a password. */
  readonly wrap: boolean;
}
