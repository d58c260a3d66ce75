import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import type { SessionClient } from "../session/session.ts";
import type { UserRole } from "../user/user.ts";

/** A session as stored. Hashes are SHA-256 of a token's text, 32 bytes. */
export interface StoredSession {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly refreshedAt: Date | null;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly client: SessionClient;
  /** When its holder last proved who they are: at the login, or by a step-up since. */
  readonly authenticatedAt: Date;
  /** By what, as RFC 8176 names it, e.g. `pwd`, `otp`, `mfa`. */
  readonly methods: readonly string[];
  readonly refreshHash: Uint8Array;
  /** Hash of the token that the last rotation spent. */
  readonly previousHash: Uint8Array | null;
  /** The current token, encrypted under the one before it: lets the holder of that one, and nobody else, read it. */
  readonly successorBox: Uint8Array | null;
}

/** One rotation: spend the token with `presentedHash`, put its successor in its place. */
export interface Rotation {
  readonly sessionId: string;
  readonly presentedHash: Uint8Array;
  readonly successorHash: Uint8Array;
  readonly successorBox: Uint8Array;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** Who a live session belongs to. */
export interface SessionHolder {
  readonly userId: string;
  readonly role: UserRole;
  readonly requiredActions: readonly string[];
}

/** Sessions and their refresh tokens, which exist here as hashes only. */
export interface SessionStore {
  /**
   * Adds a session if, at this very moment, the user is enabled and the stored password hash still is `passwordHash`;
   * answers whether it did. This closes the gap between checking a password and opening the session.
   */
  readonly insert: (
    tenant: string,
    session: StoredSession,
    passwordHash: string,
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** The session with this id, revoked or expired ones too. */
  readonly find: (tenant: string, id: string) => Effect.Effect<Option.Option<StoredSession>, StoreUnavailable>;

  /** The holder of a session that is neither revoked nor expired at `now` and whose user is enabled. */
  readonly findHolder: (
    tenant: string,
    id: string,
    now: Date,
  ) => Effect.Effect<Option.Option<SessionHolder>, StoreUnavailable>;

  /**
   * Spends a refresh token in one atomic statement: true for exactly one caller per token, false when the hash is not
   * the current one, or the session is revoked or expired at `rotation.at`.
   */
  readonly rotate: (tenant: string, rotation: Rotation) => Effect.Effect<boolean, StoreUnavailable>;

  /** Puts another proof in the place of a live session's; answers whether it was live at `at`. */
  readonly reauthenticate: (
    tenant: string,
    id: string,
    at: Date,
    methods: readonly string[],
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** Revokes one session; answers whether it was live (a second caller gets false). */
  readonly revoke: (tenant: string, id: string, at: Date) => Effect.Effect<boolean, StoreUnavailable>;

  /**
   * Revokes every session of a user that is not revoked yet, expired ones too: a clock set back must not bring them to
   * life again. Answers how many of them were live.
   */
  readonly revokeAll: (tenant: string, userId: string, at: Date) => Effect.Effect<number, StoreUnavailable>;

  /** The user's sessions that are neither revoked nor expired at `now`, newest first, at most `limit`. */
  readonly list: (
    tenant: string,
    userId: string,
    now: Date,
    limit: number,
  ) => Effect.Effect<readonly StoredSession[], StoreUnavailable>;

  /** Removes sessions that expired or were revoked before an instant, of all tenants, at most `limit`; answers their number. */
  readonly removeEndedBefore: (before: Date, limit: number) => Effect.Effect<number, StoreUnavailable>;
}
