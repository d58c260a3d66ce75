import type { AuditEvent, AuditQuery } from "./audit/audit-event.ts";
import type { HardenOptions, HardenReport } from "./credentials/credentials.ts";
import type { Invitations } from "./invitation/invitation.ts";
import type { Keys } from "./keyring/key-view.ts";
import type { Grants, Groups } from "./muster-access.ts";
import type { EffectOperations } from "./muster-effect.ts";
import type { PublishedKeys } from "./ports/token-signer.ts";
import type { ConfirmedEmail, EmailConfirmation } from "./recovery/email-proof.ts";
import type { PendingEmail } from "./recovery/email-requests.ts";
import type { SecondFactorOperations } from "./second-factor/second-factor-operations.ts";
import type { Principal, SessionClient } from "./session/session.ts";
import type { Sessions } from "./session/session-operations.ts";
import type { IfVersion, NewUser, PasswordOptions, User, UserPatch, UserView } from "./user/user.ts";
import type { TotalMode, UserFilter, UserQuery } from "./user/user-filter.ts";

/** A page of a list. Cursors are opaque, valid for the same tenant, filter and sort only, and never expire. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** Null on the first page. */
  readonly previousCursor: string | null;
  /** Null unless asked for; `exact` is false when counting stopped at its cap. */
  readonly total: Total | null;
}

/** How many items there are. `exact` is false when counting stopped at its cap: there are at least `count`. */
export interface Total {
  readonly count: number;
  readonly exact: boolean;
}

/**
 * Users. Every change may name the `version` it expects and is one transaction with its audit event.
 *
 * Besides the errors each operation names, all of them may fail with `InvalidInput` (what was given breaks a rule),
 * `Unauthenticated` and `Forbidden` (the policy says no), `StoreUnavailable` and `Closed`.
 *
 * @typeParam View what the caller sees of a user: `User` for the system, `UserView` for an actor.
 */
export interface Users<View> {
  /** Adds a user. Fails with UsernameTaken, EmailTaken, UserIdTaken, TooBusy; one to invite also with MailNotConfigured. */
  readonly create: (user: NewUser) => Promise<View>;
  /** Fails with UserNotFound. */
  readonly get: (id: string) => Promise<View>;
  /** The user with this username in any spelling that is the same. Fails with UserNotFound. */
  readonly findByUsername: (username: string) => Promise<View>;
  /** The user with this email in any spelling that is the same. Fails with UserNotFound. */
  readonly findByEmail: (email: string) => Promise<View>;
  readonly list: (query?: UserQuery) => Promise<Page<View>>;
  /** How many users meet a filter; `capped` (the default) stops at 1,000. */
  readonly count: (filter?: UserFilter, mode?: Exclude<TotalMode, "none">) => Promise<Total>;
  /** Every user that meets a filter, page by page by keyset: rows added or removed meanwhile neither double nor hide others. */
  readonly stream: (query?: Pick<UserQuery, "filter" | "sort">) => AsyncIterable<View>;
  /** Changes profile and metadata. Fails with UserNotFound, VersionMismatch. A patch that changes nothing writes nothing. */
  readonly update: (id: string, patch: UserPatch, ifVersion?: IfVersion) => Promise<View>;
  readonly replaceTags: (id: string, tags: readonly string[], ifVersion?: IfVersion) => Promise<View>;
  /** Changes or (null) removes the email; it is unverified afterwards. Fails also with EmailTaken. */
  readonly changeEmail: (id: string, email: string | null, ifVersion?: IfVersion) => Promise<View>;
  /** Changes or (null) removes the username. Fails also with UsernameTaken. */
  readonly changeUsername: (id: string, username: string | null, ifVersion?: IfVersion) => Promise<View>;
  readonly changeOwner: (id: string, ownerId: string | null, ifVersion?: IfVersion) => Promise<View>;
  /** Fails also with LastAdmin. */
  readonly setRole: (id: string, role: User["role"], ifVersion?: IfVersion) => Promise<View>;
  /** Changes the caller's own password, given the old one, and ends all sessions. Fails with InvalidCredentials, TooBusy. */
  readonly changePassword: (oldPassword: string, newPassword: string, ifVersion?: IfVersion) => Promise<void>;
  /** Sets a user's password and ends all sessions. A temporary one has to be changed at the next login. */
  readonly setPassword: (id: string, password: string, options?: PasswordOptions) => Promise<void>;
  /**
   * Sets what a user has to do before anything else, in this order, in place of what it was. From the next call on the
   * user's tokens open nothing but what clears it: all else is ActionRequired.
   */
  readonly setRequiredActions: (id: string, actions: readonly string[], ifVersion?: IfVersion) => Promise<View>;
  /**
   * Clears a required action of the caller's by agreeing to it: `ACCEPT_TERMS`, or what `acceptableActions` names.
   * Forbidden for what is cleared by doing it. Nothing happens when it is not required.
   */
  readonly acceptAction: (action: string) => Promise<View>;
  /** Fails with IllegalTransition, as do the next four. */
  readonly enable: (id: string, ifVersion?: IfVersion) => Promise<View>;
  /** Ends all sessions at once. Fails also with LastAdmin. */
  readonly disable: (id: string, ifVersion?: IfVersion) => Promise<View>;
  /** Marks as deleted: names stay reserved, `restore` brings the user back until purged. Ends all sessions. */
  readonly delete: (id: string, ifVersion?: IfVersion) => Promise<View>;
  /** Brings a deleted user back, disabled. */
  readonly restore: (id: string, ifVersion?: IfVersion) => Promise<View>;
  /** Ends the waits that failed logins by this user's names have begun, from everywhere. */
  readonly unlock: (id: string) => Promise<void>;
  /** Removes a deleted user for good. Fails also with UserReferenced. */
  readonly purge: (id: string, ifVersion?: IfVersion) => Promise<void>;
  /**
   * Removes every user deleted longer ago than the retention (30 days unless configured), and sessions and one-time
   * tokens that ended before that; answers how many users. Users whom a foreign key of the application holds stay. For a
   * daily job.
   */
  readonly purgeExpired: () => Promise<number>;
  /** The caller. Only for an actor. */
  readonly profile: () => Promise<View>;
}

/** Password hashes as such. For the system only: no actor may give one or learn of one. */
export interface Credentials {
  /**
   * Gives an existing user a hash made elsewhere, in place of any password, and ends all sessions. Fails with InvalidInput
   * when no password could be checked against it, UserNotFound, VersionMismatch, TooBusy.
   */
  readonly import: (userId: string, passwordHash: string, ifVersion?: IfVersion) => Promise<void>;
  /**
   * Makes a page of stored hashes stronger without their passwords: those of other systems get one of ours around them,
   * all are sealed under the current pepper. Call it with `after: next` until `next` is null; safe to stop, to run again,
   * and to run in several processes while people log in.
   */
  readonly harden: (options?: HardenOptions) => Promise<HardenReport>;
}

/**
 * Passwords that were forgotten, and addresses that are to be proven. All of it works by links in mails; without a mailer
 * what would send one fails with MailNotConfigured. A token works once: unknown, used, expired or outdated it is
 * InvalidOneTimeToken.
 */
export interface Recovery {
  /**
   * Sends a link to the address of whoever has this username or email and may log in. The answer, and the time it takes,
   * are the same whether there is somebody or not. Of one client's address (`client.address`) so many are taken, then it is
   * TooManyAttempts for a while.
   */
  readonly requestPasswordReset: (request: {
    readonly login: string;
    readonly client?: SessionClient;
  }) => Promise<void>;
  /**
   * Sets a new password by the token of such a link and ends all sessions. The address counts as proven then. A password
   * the policy refuses (InvalidInput) leaves the token good. Fails also with TooBusy.
   */
  readonly resetPassword: (reset: { readonly token: string; readonly password: string }) => Promise<void>;
  /** Sends a link to a user's unproven address (the caller's when absent). Nothing is sent for one that is proven. */
  readonly requestEmailVerification: (userId?: string) => Promise<void>;
  /**
   * Sends a link to the address the caller wants as email, which stays pending until the link is followed. Only for an
   * actor, and only with the password: InvalidCredentials. A second request replaces the first.
   */
  readonly requestEmailChange: (request: { readonly email: string; readonly password: string }) => Promise<void>;
  /** The pending address of a user (the caller when absent). */
  readonly findPendingEmail: (userId?: string) => Promise<PendingEmail | undefined>;
  /**
   * Proves an address by the token of a link. A new address needs somebody logged in as its user, or the password
   * (Unauthenticated, InvalidCredentials), and may be taken by now (EmailTaken, UsernameTaken). The present address needs
   * the token alone; but proven for the first time without either, password and sessions are cleared: whoever made the
   * account may not be who reads the mail.
   */
  readonly confirmEmail: (confirmation: EmailConfirmation) => Promise<ConfirmedEmail>;
  /**
   * Takes a change of the email back, by the token that was sent to the old address; clears password and sessions and
   * mails a link to choose a new password. Fails also with EmailTaken, UsernameTaken.
   */
  readonly undoEmailChange: (undo: { readonly token: string }) => Promise<void>;
}

/** The audit log, for the system and admins. */
export interface Audit {
  readonly list: (query?: AuditQuery) => Promise<Page<AuditEvent>>;
}

/** A transaction of the host's that is still to begin, e.g. Kysely's `db.transaction()`. */
export interface HostTransaction<Transaction> {
  /** Begins, runs the body, and resolves once it is committed; rolls back and rejects when the body rejects. */
  readonly execute: <Result>(body: (transaction: Transaction) => Promise<Result>) => Promise<Result>;
}

/** The operations, bound to one actor, tenant and (perhaps) transaction. */
export interface Operations<View, Transaction> {
  readonly users: Users<View>;
  readonly sessions: Sessions;
  readonly secondFactors: SecondFactorOperations;
  readonly credentials: Credentials;
  readonly recovery: Recovery;
  readonly invitations: Invitations;
  readonly audit: Audit;
  readonly groups: Groups<View>;
  readonly grants: Grants;
  readonly keys: Keys;
  /** The same operations under the policy, as this principal (or as `"anonymous"`). The tenant is the principal's. */
  readonly as: (actor: Principal | "anonymous") => Operations<UserView, Transaction>;
  /**
   * The same operations inside the host's own transaction: what they write is committed or rolled back with it. Calls made
   * at the same time take turns; one that fails leaves the transaction as it was before that call.
   */
  readonly within: (transaction: Transaction) => Operations<View, Transaction>;
  /**
   * Runs a transaction of the host's and tells Muster when it was committed: then tokens of users whose access changed in
   * it are looked at again at once, and `afterCommit` hooks run before this resolves. Nothing of the kind happens for what
   * was rolled back, be it to a savepoint. Rejects with what `body`, or the commit, rejects with.
   *
   * ```ts
   * await muster.transaction(db.transaction(), async (trx, joined) => {
   *   const jane = await joined.users.create({ username: "jane" });
   *   await trx.insertInto("posts").values({ authorId: jane.id }).execute();
   * });
   * ```
   */
  readonly transaction: <Joined extends Transaction, Result>(
    begin: HostTransaction<Joined>,
    body: (transaction: Joined, muster: Operations<View, Transaction>) => Promise<Result>,
  ) => Promise<Result>;
  /**
   * The same operations on another tenant: users, names and sessions apart. `default` is the one without a name. Throws
   * InvalidInput for a name outside `a-z 0-9 . _ -`, and Forbidden for a principal of another tenant.
   */
  readonly tenant: (name: string) => Operations<View, Transaction>;
}

/** A running instance, acting as the system: trusted code in the host's process. */
export interface Muster<Transaction = never> extends Operations<User, Transaction> {
  /** The same operations as Effects, with their exact errors. They need nothing (`R = never`). */
  readonly effect: EffectOperations<User, Transaction>;
  /** The public keys that check access tokens, for `/.well-known/jwks.json`, and how long they may be cached. */
  readonly publicKeys: () => Promise<PublishedKeys>;
  /** Resolves when the store answers. Fails with StoreUnavailable, Closed. */
  readonly checkHealth: () => Promise<void>;
  /** Lets calls in flight finish, stops background work, closes what it opened. Safe to call twice. */
  readonly close: () => Promise<void>;
}
