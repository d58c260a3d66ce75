import type { JsonObject } from "../kernel/json.ts";

/**
 * Where a user stands. `pending`: known but not let in yet. `enabled`: may log in. `disabled`: shut out, kept.
 * `deleted`: gone for everyone but admins, its names still reserved, purged after the retention. The legal moves are
 * the table in `lifecycle.ts`.
 */
export type UserStatus = "pending" | "enabled" | "disabled" | "deleted";

/** What a user may do across the tenant: `admin` everything but leave it without an admin, `user` care for themself. */
export type UserRole = "user" | "admin";

/** What everybody who is logged in may see of an enabled user. */
export interface PublicUser {
  /** UUIDv7 unless the caller gave its own on create: 1–128 of `A-Z a-z 0-9 . _ ~ : -`. Never changes. */
  readonly id: string;
  /** As typed. 1–254 characters without invisible ones, unique in the tenant in its canonical form. */
  readonly username: string | null;
  /** 1–254 characters: the width upstream systems store, so that imports fit. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  /** An absolute http(s) URL of at most 2,048 characters. */
  readonly pictureUrl: string | null;
}

/** A user. Instants are UTC with millisecond precision. */
export interface User extends PublicUser {
  /** As typed, at most 254 characters (RFC 5321), unique in the tenant in its canonical form. */
  readonly email: string | null;
  /** When control of the address was shown; null again whenever the address changes. */
  readonly emailVerifiedAt: Date | null;
  /** 1–64 characters of digits, spaces and `+ - ( ) . / # * x`. */
  readonly phoneNumber: string | null;
  /** A BCP 47 language tag, e.g. `pt-BR`. */
  readonly locale: string | null;
  /** Ordered, without repetition; at most 100 of 1–64 characters each. */
  readonly tags: readonly string[];
  /** Visible to the user. At most 64 KiB as JSON in UTF-8 and 32 levels deep. */
  readonly metadata: JsonObject;
  /** Visible to admins and the system only; same limits. */
  readonly privateMetadata: JsonObject;
  readonly role: UserRole;
  readonly status: UserStatus;
  /** Id of the user who answers for this one; need not exist any more. */
  readonly ownerId: string | null;
  /**
   * What the user has to do before anything else, in this order: `UPDATE_PASSWORD`, `UPDATE_PROFILE`, `VERIFY_EMAIL`,
   * `CONFIGURE_TOTP`, `ACCEPT_TERMS`, or names of the app's own. At most 20 of 1–64 characters `A-Z 0-9 _`.
   */
  readonly requiredActions: readonly string[];
  readonly createdAt: Date;
  /** Null until the first update. A login is no update. */
  readonly updatedAt: Date | null;
  /** Id of the user who made the last update; null when the system did. */
  readonly updatedBy: string | null;
  readonly deletedAt: Date | null;
  /** 1 when created, one more with each change. A login does not count. */
  readonly version: number;
  readonly firstLoginAt: Date | null;
  readonly lastLoginAt: Date | null;
  readonly loginCount: number;
}

/** A user as far as the caller may see it: the public part always, the rest when the policy shows it. */
export type UserView = PublicUser & Partial<Omit<User, keyof PublicUser>>;

/** What `create` takes. At least one of `username` and `email`. Unknown keys are refused. */
export interface NewUser {
  readonly id?: string;
  readonly username?: string | null;
  readonly email?: string | null;
  /** The address is known to be the user's; only the system and admins may say so. */
  readonly emailVerified?: boolean;
  /** Compared exactly as given later: no trimming, no normalising. Without one the user cannot log in by password. */
  readonly password?: string;
  /**
   * A hash made elsewhere, in place of a password: an argon2 PHC string, or a text of a scheme that `hashing.foreign`
   * knows. Only the system may give one. Replaced by our own at the first login.
   */
  readonly passwordHash?: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly displayName?: string | null;
  readonly phoneNumber?: string | null;
  readonly locale?: string | null;
  readonly pictureUrl?: string | null;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  readonly privateMetadata?: JsonObject;
  readonly role?: UserRole;
  /** `enabled` unless given. */
  readonly status?: "pending" | "enabled" | "disabled";
  readonly ownerId?: string | null;
  /**
   * Mails an invitation to the email. The user is `pending`, without a password, until it is accepted. Only the system and
   * admins may invite.
   */
  readonly invite?: boolean;
  /** Only the system and admins may set it. */
  readonly requiredActions?: readonly string[];
}

/**
 * What `update` takes: absent keys stay as they are, null clears, `metadata` and `privateMetadata` are replaced whole.
 * Username, email, tags, role, owner and password have operations of their own. Unknown keys are refused.
 */
export interface UserPatch {
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly displayName?: string | null;
  readonly phoneNumber?: string | null;
  readonly locale?: string | null;
  readonly pictureUrl?: string | null;
  readonly metadata?: JsonObject;
  readonly privateMetadata?: JsonObject;
}

/** What `setPassword` takes besides. */
export interface PasswordOptions extends IfVersion {
  /** The user has to choose another one at the next login: `UPDATE_PASSWORD` becomes a required action. */
  readonly temporary?: boolean;
}

/** What every change of an existing user may be guarded by. */
export interface IfVersion {
  /** The `version` the caller last saw; when it is not the current one the call fails with `VersionMismatch`. */
  readonly version?: number;
}
