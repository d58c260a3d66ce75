import * as Data from "effect/Data";

/**
 * Every error a host can meet, on one page.
 *
 * Each class is named after the fact, carries a stable `code` and only fields that may be shown to the caller: no
 * password, token or hash is ever a field. Switch on `_tag` (or `code`), not on `instanceof`: two copies of this
 * package in one process must still agree. HTTP statuses stand in {@link errorFacts}.
 */

/** One thing wrong with an input: where, which rule, and a sentence for people. */
export interface InputIssue {
  /** Path of the value, dots between steps, e.g. `tags.3` or `filter.and.0.email`. Empty for the whole input. */
  readonly field: string;
  /** Stable name of the broken rule, e.g. `required`, `max_length`, `password_too_common`. */
  readonly rule: string;
  /** What is allowed, to be read after the name of the field. Never holds the refused value. */
  readonly message: string;
}

/** The input breaks one or more rules; every broken rule is listed, nothing was written. */
export class InvalidInput extends Data.Error<{ readonly issues: readonly InputIssue[] }> {
  readonly _tag = "InvalidInput";
  readonly code = "invalid_input";
  override readonly message: string = `${this.issues
    .map(({ field, message }) => `${field || "input"}: ${message.replace(/\.$/, "")}`)
    .join("; ")}.`;
}

/** No user with this id (or username, or email) is visible to the caller in this tenant. */
export class UserNotFound extends Data.Error {
  readonly _tag = "UserNotFound";
  readonly code = "user_not_found";
  override readonly message = "No such user.";
}

/** No session with this id is visible to the caller. */
export class SessionNotFound extends Data.Error {
  readonly _tag = "SessionNotFound";
  readonly code = "session_not_found";
  override readonly message = "No such session.";
}

/** No group with this id is visible to the caller in this tenant. */
export class GroupNotFound extends Data.Error {
  readonly _tag = "GroupNotFound";
  readonly code = "group_not_found";
  override readonly message = "No such group.";
}

/** A group with the id given on create exists already. */
export class GroupIdTaken extends Data.Error {
  readonly _tag = "GroupIdTaken";
  readonly code = "group_id_taken";
  override readonly message = "A group with this id exists.";
}

/** The group cannot be moved below itself, or below a group that is below it. */
export class GroupCycle extends Data.Error {
  readonly _tag = "GroupCycle";
  readonly code = "group_cycle";
  override readonly message = "A group cannot be moved below itself.";
}

/** The group, or one below it, would be further down than `maximumDepth` levels. */
export class GroupTooDeep extends Data.Error<{ readonly maximumDepth: number }> {
  readonly _tag = "GroupTooDeep";
  readonly code = "group_too_deep";
  override readonly message: string = `Groups cannot be more than ${this.maximumDepth} levels deep.`;
}

/** No key with this id signs or checks access tokens. */
export class KeyNotFound extends Data.Error {
  readonly _tag = "KeyNotFound";
  readonly code = "key_not_found";
  override readonly message = "No such key.";
}

/** The username is in use as somebody's username or email, or reserved by a user deleted but not purged. */
export class UsernameTaken extends Data.Error {
  readonly _tag = "UsernameTaken";
  readonly code = "username_taken";
  override readonly message = "This username is taken.";
}

/** The email is in use as somebody's email or username, or reserved by a user deleted but not purged. */
export class EmailTaken extends Data.Error {
  readonly _tag = "EmailTaken";
  readonly code = "email_taken";
  override readonly message = "This email is taken.";
}

/** A user with the id given on create exists already. */
export class UserIdTaken extends Data.Error {
  readonly _tag = "UserIdTaken";
  readonly code = "user_id_taken";
  override readonly message = "A user with this id exists.";
}

/** The record was changed since the caller read it: `expected` is what the caller named, `current` what is stored. */
export class VersionMismatch extends Data.Error<{ readonly expected: number; readonly current: number }> {
  readonly _tag = "VersionMismatch";
  readonly code = "version_mismatch";
  override readonly message: string = `Version ${this.expected} was expected, the current version is ${this.current}.`;
}

/** The user's status does not allow this event; the legal pairs are the table in `user/lifecycle.ts`. */
export class IllegalTransition extends Data.Error<{ readonly status: string; readonly event: string }> {
  readonly _tag = "IllegalTransition";
  readonly code = "illegal_transition";
  override readonly message: string = `A user who is ${this.status} cannot go through '${this.event}'.`;
}

/**
 * The user cannot be purged: rows of the application refer to it by a foreign key that forbids that (`on delete restrict`
 * or `no action`). Nothing was removed.
 */
export class UserReferenced extends Data.Error {
  readonly _tag = "UserReferenced";
  readonly code = "user_referenced";
  override readonly message = "Other records refer to this user, so that it cannot be removed.";
}

/** The change would leave the tenant without an enabled admin. */
export class LastAdmin extends Data.Error {
  readonly _tag = "LastAdmin";
  readonly code = "last_admin";
  override readonly message = "The last enabled admin cannot be disabled, deleted or demoted.";
}

/** Unknown login, wrong password or a user who is not enabled: deliberately one error. */
export class InvalidCredentials extends Data.Error {
  readonly _tag = "InvalidCredentials";
  readonly code = "invalid_credentials";
  override readonly message = "The login or the password is wrong.";
}

/** What a login by password may be completed with. */
export type SecondFactorChoice = "totp" | "recovery_code";

/**
 * The password is right, and the user has a second factor: complete the login by `sessions.completeLogin` with `challenge`
 * and a code, before `expiresAt`. The challenge is no field: it is printed and logged nowhere.
 */
export class SecondFactorRequired extends Data.Error<{
  /** What the user has. */
  readonly factors: readonly SecondFactorChoice[];
  readonly expiresAt: Date;
}> {
  readonly _tag = "SecondFactorRequired";
  readonly code = "second_factor_required";
  override readonly message = "A second factor is needed to log in.";
  readonly #challenge: string;

  constructor(facts: {
    readonly challenge: string;
    readonly factors: readonly SecondFactorChoice[];
    readonly expiresAt: Date;
  }) {
    const { challenge, ...shown } = facts;
    super(shown);
    this.#challenge = challenge;
  }

  /** Opaque; good once, for five minutes, and only together with a code. */
  get challenge(): string {
    return this.#challenge;
  }
}

/** The challenge of a login is mistyped, used, expired, or the account has changed since: log in again. */
export class InvalidChallenge extends Data.Error {
  readonly _tag = "InvalidChallenge";
  readonly code = "invalid_challenge";
  override readonly message = "Log in again: this took too long, or the account has changed.";
}

/** The code of a second factor, or a recovery code, is wrong, too old, or was used before. */
export class InvalidCode extends Data.Error {
  readonly _tag = "InvalidCode";
  readonly code = "invalid_code";
  override readonly message = "This code is wrong, or was used before.";
}

/**
 * The caller is logged in, but has to prove anew who they are: `sessions.stepUp` (RFC 9470). `maxAgeSeconds` is how long
 * ago the last proof may be, null for however long; `methods` are those it must be by (RFC 8176).
 */
export class InsufficientAuthentication extends Data.Error<{
  readonly maxAgeSeconds: number | null;
  readonly methods: readonly string[];
}> {
  readonly _tag = "InsufficientAuthentication";
  readonly code = "insufficient_authentication";
  override readonly message = "Prove again who you are.";
}

/** No second factor with this id is visible to the caller. */
export class SecondFactorNotFound extends Data.Error {
  readonly _tag = "SecondFactorNotFound";
  readonly code = "second_factor_not_found";
  override readonly message = "No such second factor.";
}

/** The access token is malformed, forged, expired, revoked, or of a user who may not log in any more. */
export class InvalidToken extends Data.Error {
  readonly _tag = "InvalidToken";
  readonly code = "invalid_token";
  override readonly message = "The access token is not valid.";
}

/** The refresh token is malformed, forged, expired, revoked or was used before. */
export class InvalidRefreshToken extends Data.Error {
  readonly _tag = "InvalidRefreshToken";
  readonly code = "invalid_refresh_token";
  override readonly message = "The refresh token is not valid.";
}

/** The token of a mail is mistyped, used, expired, of another purpose, or the account has changed since: one error. */
export class InvalidOneTimeToken extends Data.Error {
  readonly _tag = "InvalidOneTimeToken";
  readonly code = "invalid_one_time_token";
  override readonly message = "This link is not valid any more; ask for a new one.";
}

/** No invitation with this id is visible to the caller. */
export class InvitationNotFound extends Data.Error {
  readonly _tag = "InvitationNotFound";
  readonly code = "invitation_not_found";
  override readonly message = "No such invitation.";
}

/** The invitation was accepted or revoked before: `state` tells which. */
export class InvitationClosed extends Data.Error<{ readonly state: "accepted" | "revoked" }> {
  readonly _tag = "InvitationClosed";
  readonly code = "invitation_closed";
  override readonly message: string = `This invitation was ${this.state}.`;
}

/** This instance has no way to send mails: it was made without a mailer. Nothing was done. */
export class MailNotConfigured extends Data.Error {
  readonly _tag = "MailNotConfigured";
  readonly code = "mail_not_configured";
  override readonly message = "No mail can be sent here.";
}

/** The call needs a caller who is logged in. */
export class Unauthenticated extends Data.Error {
  readonly _tag = "Unauthenticated";
  readonly code = "unauthenticated";
  override readonly message = "Log in first.";
}

/** The caller may not do this. `operation` is the policy's name of what was tried. */
export class Forbidden extends Data.Error<{ readonly operation: string }> {
  readonly _tag = "Forbidden";
  readonly code = "forbidden";
  override readonly message: string = `You may not do this (${this.operation}).`;
}

/** The caller has to do something first; `actions` says what, first things first. */
export class ActionRequired extends Data.Error<{ readonly actions: readonly string[] }> {
  readonly _tag = "ActionRequired";
  readonly code = "action_required";
  override readonly message: string = `Something has to be done first (${this.actions.join(", ")}).`;
}

/** The application's own hook refused the change: nothing was written. `reason` is a text the application may show. */
export class ChangeRefused extends Data.Error<{ readonly reason: string; readonly cause?: unknown }> {
  readonly _tag = "ChangeRefused";
  readonly code = "change_refused";
  override readonly message: string = `The change was refused: ${this.reason}.`;
}

/** More passwords wait to be hashed than the queue takes. Nothing was done; come back after `retryAfterSeconds`. */
export class TooBusy extends Data.Error<{ readonly retryAfterSeconds: number }> {
  readonly _tag = "TooBusy";
  readonly code = "too_busy";
  override readonly message = "Too many logins at once; try again shortly.";
}

/**
 * Too many attempts failed, by this login or from this address: come back after `retryAfterSeconds`. Said of logins that
 * nobody has as well, and whether or not the password is right.
 */
export class TooManyAttempts extends Data.Error<{ readonly retryAfterSeconds: number }> {
  readonly _tag = "TooManyAttempts";
  readonly code = "too_many_attempts";
  override readonly message = "Too many attempts failed; try again later.";
}

/** The database did not answer, is locked, full or read-only. `retryable` tells whether the same call may be repeated. */
export class StoreUnavailable extends Data.Error<{
  readonly reason: string;
  readonly retryable: boolean;
  readonly cause?: unknown;
}> {
  readonly _tag = "StoreUnavailable";
  readonly code = "store_unavailable";
  override readonly message: string = `The database is not available: ${this.reason}.`;
  readonly retryAfterSeconds = 1;
}

/** The database was written by a newer version, or its schema was altered by someone else. Refused at start. */
export class UnsupportedSchema extends Data.Error<{ readonly reason: string }> {
  readonly _tag = "UnsupportedSchema";
  readonly code = "unsupported_schema";
  override readonly message: string = this.reason;
}

/** An option given to `createMuster` or to a store makes no sense; `reason` names the option and the rule. */
export class InvalidConfiguration extends Data.Error<{ readonly reason: string }> {
  readonly _tag = "InvalidConfiguration";
  readonly code = "invalid_configuration";
  override readonly message: string = this.reason;
}

/** The instance was closed with `muster.close()`. */
export class Closed extends Data.Error {
  readonly _tag = "Closed";
  readonly code = "closed";
  override readonly message = "This Muster instance is closed.";
}

/** Any error of this page. */
export type MusterError =
  | InvalidInput
  | UserNotFound
  | SessionNotFound
  | KeyNotFound
  | GroupNotFound
  | GroupIdTaken
  | GroupCycle
  | GroupTooDeep
  | UsernameTaken
  | EmailTaken
  | UserIdTaken
  | VersionMismatch
  | IllegalTransition
  | UserReferenced
  | LastAdmin
  | InvalidCredentials
  | SecondFactorRequired
  | InvalidChallenge
  | InvalidCode
  | InsufficientAuthentication
  | SecondFactorNotFound
  | InvalidToken
  | InvalidRefreshToken
  | InvalidOneTimeToken
  | InvitationNotFound
  | InvitationClosed
  | MailNotConfigured
  | Unauthenticated
  | Forbidden
  | ActionRequired
  | ChangeRefused
  | TooManyAttempts
  | TooBusy
  | StoreUnavailable
  | UnsupportedSchema
  | InvalidConfiguration
  | Closed;

/** What an adapter must know of an error: its stable code and the HTTP status it maps to (RFC 9110). */
export interface ErrorFacts {
  readonly code: MusterError["code"];
  readonly status: number;
}

/** Tag → code and HTTP status: the only such table. The problem document's `type` is `<docs>#<code>`. */
export const errorFacts: { readonly [Tag in MusterError["_tag"]]: ErrorFacts } = {
  InvalidInput: { code: "invalid_input", status: 400 },
  UserNotFound: { code: "user_not_found", status: 404 },
  SessionNotFound: { code: "session_not_found", status: 404 },
  KeyNotFound: { code: "key_not_found", status: 404 },
  GroupNotFound: { code: "group_not_found", status: 404 },
  GroupIdTaken: { code: "group_id_taken", status: 409 },
  GroupCycle: { code: "group_cycle", status: 409 },
  GroupTooDeep: { code: "group_too_deep", status: 409 },
  UsernameTaken: { code: "username_taken", status: 409 },
  EmailTaken: { code: "email_taken", status: 409 },
  UserIdTaken: { code: "user_id_taken", status: 409 },
  VersionMismatch: { code: "version_mismatch", status: 412 },
  IllegalTransition: { code: "illegal_transition", status: 409 },
  UserReferenced: { code: "user_referenced", status: 409 },
  LastAdmin: { code: "last_admin", status: 409 },
  InvalidCredentials: { code: "invalid_credentials", status: 401 },
  SecondFactorRequired: { code: "second_factor_required", status: 401 },
  InvalidChallenge: { code: "invalid_challenge", status: 401 },
  InvalidCode: { code: "invalid_code", status: 401 },
  InsufficientAuthentication: { code: "insufficient_authentication", status: 401 },
  SecondFactorNotFound: { code: "second_factor_not_found", status: 404 },
  InvalidToken: { code: "invalid_token", status: 401 },
  InvalidRefreshToken: { code: "invalid_refresh_token", status: 401 },
  InvalidOneTimeToken: { code: "invalid_one_time_token", status: 400 },
  InvitationNotFound: { code: "invitation_not_found", status: 404 },
  InvitationClosed: { code: "invitation_closed", status: 409 },
  MailNotConfigured: { code: "mail_not_configured", status: 501 },
  Unauthenticated: { code: "unauthenticated", status: 401 },
  Forbidden: { code: "forbidden", status: 403 },
  ActionRequired: { code: "action_required", status: 403 },
  ChangeRefused: { code: "change_refused", status: 422 },
  TooManyAttempts: { code: "too_many_attempts", status: 429 },
  TooBusy: { code: "too_busy", status: 503 },
  StoreUnavailable: { code: "store_unavailable", status: 503 },
  UnsupportedSchema: { code: "unsupported_schema", status: 500 },
  InvalidConfiguration: { code: "invalid_configuration", status: 500 },
  Closed: { code: "closed", status: 503 },
};

/** Whether a value is an error of this page, also when another copy of the package made it. */
export const isMusterError = (value: unknown): value is MusterError =>
  value instanceof Error && "_tag" in value && typeof value._tag === "string" && Object.hasOwn(errorFacts, value._tag);
