import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import type { UserStatus } from "../user/user.ts";

/** What a login must know of the user it names, read in one statement. */
export interface LoginCandidate {
  readonly userId: string;
  readonly status: UserStatus;
  /** As the hasher made it; null for a user without a password. */
  readonly passwordHash: string | null;
}

/** A password hash and whose it is. */
export interface StoredCredential {
  readonly userId: string;
  readonly passwordHash: string;
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

  /**
   * The first `limit` password hashes of a tenant in the order of their users' ids (by code points), after one if given:
   * to walk over all of them, page by page. Users of every status are among them.
   */
  readonly listAfter: (
    tenant: string,
    afterUserId: string | null,
    limit: number,
  ) => Effect.Effect<readonly StoredCredential[], StoreUnavailable>;

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

  /** Leaves a user without a password; answers whether there was one. */
  readonly remove: (tenant: string, userId: string) => Effect.Effect<boolean, StoreUnavailable>;
}
