import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import type { UserStatus } from "../user/user.ts";

/** What a login must know of the user it names, read in one statement. */
export interface LoginCandidate {
  readonly userId: string;
  readonly status: UserStatus;
  /** PHC string; null for a user without a password. */
  readonly passwordHash: string | null;
}

/** Password hashes. Kept apart from users: no call about people ever reads one. */
export interface CredentialStore {
  /** The candidate behind the canonical form of a username or email, whatever the status. */
  readonly findCandidate: (
    tenant: string,
    canonical: string,
  ) => Effect.Effect<Option.Option<LoginCandidate>, StoreUnavailable>;

  /** The user's password hash. */
  readonly find: (tenant: string, userId: string) => Effect.Effect<Option.Option<string>, StoreUnavailable>;

  /** Sets the password hash of an existing user, in place of any other. */
  readonly put: (tenant: string, userId: string, hash: string, at: Date) => Effect.Effect<void, StoreUnavailable>;

  /** Compare-and-swap: sets `hash` if the stored one still is `expected`; answers whether it was. One winner in a race. */
  readonly replace: (
    tenant: string,
    userId: string,
    expected: string,
    hash: string,
    at: Date,
  ) => Effect.Effect<boolean, StoreUnavailable>;
}
