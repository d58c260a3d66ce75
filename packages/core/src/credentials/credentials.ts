import type * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  Forbidden,
  InvalidInput,
  StoreUnavailable,
  Unauthenticated,
} from "../errors.ts";
import type { IfVersion } from "../user/user.ts";
import type { SetPasswordError } from "../user/user-errors.ts";

/** What `credentials.harden` takes. */
export interface HardenOptions {
  /** Goes on behind this user: `next` of the page before. From the first user unless given. */
  readonly after?: string;
  /** Users of one page, 1–1,000; 100 unless given. Those that changed are written in one transaction. */
  readonly limit?: number;
  /**
   * Whether hashes of other systems get one of ours put around them, which takes as long as hashing a password; true
   * unless given. Without, hashes are only sealed under the current pepper.
   */
  readonly wrap?: boolean;
  /** Looks and reports, but changes nothing; false unless given. */
  readonly dryRun?: boolean;
}

/** What a page of `credentials.harden` found and did. */
export interface HardenReport {
  readonly checked: number;
  /** How many are stored another way now; those whose password changed meanwhile are not among them. */
  readonly hardened: number;
  /** How many of each scheme there were, e.g. `{ argon2id: 98, bcrypt: 2 }`. */
  readonly schemes: Readonly<Record<string, number>>;
  /** Hashes that no password can be checked against, and why. */
  readonly refused: readonly RefusedCredential[];
  /** What `after` of the next page is; null when this was the last. */
  readonly next: string | null;
}

/** A stored hash that cannot be checked. */
export interface RefusedCredential {
  readonly userId: string;
  readonly scheme: string;
  readonly reason: string;
}

/** How `credentials.import` may fail. */
export type ImportPasswordError = SetPasswordError;
/** How `credentials.harden` may fail. */
export type HardenError =
  | InvalidInput
  | Unauthenticated
  | Forbidden
  | ActionRequired
  | ChangeRefused
  | StoreUnavailable
  | Closed;

/** Password hashes as such: brought along from elsewhere, and made stronger where they lie. */
export interface CredentialCare {
  readonly import: (
    scope: CallScope,
    userId: string,
    passwordHash: string,
    ifVersion?: IfVersion,
  ) => Effect.Effect<void, ImportPasswordError>;
  readonly harden: (scope: CallScope, options?: HardenOptions) => Effect.Effect<HardenReport, HardenError>;
}
