import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";

/** What a one-time token is good for. A token of one purpose is nothing to another. */
export type OneTimePurpose = MailedPurpose | "login_challenge";

/** What the token of a mail is good for. */
export type MailedPurpose = "password_reset" | "email_verification" | "email_change" | "email_undo" | "invitation";

/** A token that was sent to somebody and not used yet. Its text is nowhere: only the hash is kept. */
export interface StoredOneTimeToken {
  /** SHA-256 of the token's text, 32 bytes. */
  readonly hash: Uint8Array;
  readonly purpose: OneTimePurpose;
  readonly userId: string;
  /** The address it is about, as typed: where it was sent. */
  readonly address: string;
  /** Hash of what must still be so of the user when the token is used, 32 bytes. */
  readonly boundTo: Uint8Array;
  readonly createdAt: Date;
  /** The token is good before this instant, not at it. */
  readonly expiresAt: Date;
}

/** One-time tokens. Those of a user go with the user. */
export interface OneTimeTokenStore {
  /** Adds a token of an existing user. No two tokens have one hash. */
  readonly insert: (tenant: string, token: StoredOneTimeToken) => Effect.Effect<void, StoreUnavailable>;

  /** The token with this hash, expired or not. */
  readonly find: (
    tenant: string,
    hash: Uint8Array,
  ) => Effect.Effect<Option.Option<StoredOneTimeToken>, StoreUnavailable>;

  /** The token of a user and purpose that was made last, expired or not. */
  readonly findNewest: (
    tenant: string,
    userId: string,
    purpose: OneTimePurpose,
  ) => Effect.Effect<Option.Option<StoredOneTimeToken>, StoreUnavailable>;

  /**
   * Takes a token of this purpose that is not expired at `now`, in one atomic statement: of many callers exactly one gets
   * it, and nobody ever after. None for a token that is unknown, used, expired or of another purpose; it stays then.
   */
  readonly consume: (
    tenant: string,
    hash: Uint8Array,
    purpose: OneTimePurpose,
    now: Date,
  ) => Effect.Effect<Option.Option<StoredOneTimeToken>, StoreUnavailable>;

  /** Removes the tokens of a user that have this purpose; answers how many there were. */
  readonly removeAll: (
    tenant: string,
    userId: string,
    purpose: OneTimePurpose,
  ) => Effect.Effect<number, StoreUnavailable>;

  /** Removes tokens that expired before an instant, of all tenants, at most `limit`; answers their number. */
  readonly removeExpiredBefore: (before: Date, limit: number) => Effect.Effect<number, StoreUnavailable>;
}
