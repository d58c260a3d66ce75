import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { EmailTaken, StoreUnavailable, UserIdTaken, UsernameTaken, UserReferenced } from "../errors.ts";
import type { User } from "../user/user.ts";
import type { UserCondition, UserSelection } from "../user/user-condition.ts";

/**
 * Users with their names, tags and metadata.
 *
 * Every call names the tenant and sees nothing beyond it. Inside a transaction all calls see its own writes; outside,
 * only what was committed. The canonical forms of username and email (`canonicalUsername`, `canonicalEmail`) live in
 * one identifier space under one unique constraint: two users can never hold the same form, whichever of the two it is,
 * deleted users included; one user may hold the same form twice.
 */
export interface UserStore {
  /** The user with this id, whatever the status. */
  readonly find: (tenant: string, id: string) => Effect.Effect<Option.Option<User>, StoreUnavailable>;

  /** The user whose username or email has this canonical form. */
  readonly findByIdentifier: (
    tenant: string,
    canonical: string,
  ) => Effect.Effect<Option.Option<User>, StoreUnavailable>;

  /**
   * Adds a user with all that belongs to it, or nothing. Of many callers inserting the same identifier exactly one
   * succeeds; the others fail with the error of the field that collided (username first when both do).
   */
  readonly insert: (
    tenant: string,
    user: User,
  ) => Effect.Effect<void, UsernameTaken | EmailTaken | UserIdTaken | StoreUnavailable>;

  /**
   * Replaces `before` by `after` if the stored version still is `before.version`; answers whether it was. Of many
   * callers with the same `before` exactly one gets true. Sign-in facts are not touched. A move of the status that is
   * not in `legalMoves` is a defect, not an answer.
   */
  readonly update: (
    tenant: string,
    before: User,
    after: User,
  ) => Effect.Effect<boolean, UsernameTaken | EmailTaken | StoreUnavailable>;

  /**
   * Removes a deleted user with everything of ours that belongs to it: identifiers, credentials, sessions, one-time
   * tokens, invitations, sign-in facts; answers whether there was one. Fails with UserReferenced when the database refuses that for the
   * sake of rows of the host's; nothing but the end of the transaction may follow then.
   */
  readonly remove: (tenant: string, id: string) => Effect.Effect<boolean, UserReferenced | StoreUnavailable>;

  /** Rows in the order of (sort key, id); see {@link UserSelection}. Keys compare by code point. */
  readonly list: (tenant: string, selection: UserSelection) => Effect.Effect<readonly User[], StoreUnavailable>;

  /** How many users meet a condition; counting stops at `atMost` when it is given. */
  readonly count: (tenant: string, where: UserCondition, atMost?: number) => Effect.Effect<number, StoreUnavailable>;

  /**
   * Whether an enabled admin other than `id` exists. Inside a transaction the answer holds until its end: of two
   * transactions that each take away one of the last two admins, one must see the other's change or fail and be retried.
   */
  readonly hasOtherEnabledAdmin: (tenant: string, id: string) => Effect.Effect<boolean, StoreUnavailable>;

  /** Ids of users deleted before an instant, oldest first, by an index, at most `limit`, without the first `offset`. */
  readonly listDeletedBefore: (
    tenant: string,
    before: Date,
    limit: number,
    offset?: number,
  ) => Effect.Effect<readonly string[], StoreUnavailable>;

  /** Counts a login: sets `lastLoginAt`, `firstLoginAt` if absent, raises `loginCount`; leaves the user's version alone. */
  readonly recordLogin: (tenant: string, id: string, at: Date) => Effect.Effect<void, StoreUnavailable>;
}
