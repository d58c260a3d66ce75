import type { GroupCycle, GroupIdTaken, GroupNotFound, GroupTooDeep } from "./errors/groups.ts";
import type { InvalidInput, VersionMismatch } from "./errors/input.ts";
import type { ActionRequired, ChangeRefused, Forbidden, Unauthenticated } from "./errors/rights.ts";
import type {
  Closed,
  InvalidConfiguration,
  MailNotConfigured,
  StoreUnavailable,
  TooBusy,
  UnsupportedSchema,
} from "./errors/service.ts";
import type {
  InsufficientAuthentication,
  InvalidChallenge,
  InvalidCode,
  InvalidCredentials,
  InvalidOneTimeToken,
  InvalidRefreshToken,
  InvalidToken,
  KeyNotFound,
  SecondFactorNotFound,
  SecondFactorRequired,
  SessionNotFound,
  TooManyAttempts,
} from "./errors/sign-in.ts";
import type {
  EmailTaken,
  IllegalTransition,
  InvitationClosed,
  InvitationNotFound,
  LastAdmin,
  UserIdTaken,
  UserNotFound,
  UsernameTaken,
  UserReferenced,
} from "./errors/users.ts";

/**
 * Every error a host can meet; the classes stand in `errors/`, by subject.
 *
 * Each class is named after the fact, carries a stable `code` and only fields that may be shown to the caller: no
 * password, token or hash is ever a field. Switch on `_tag` (or `code`), not on `instanceof`: two copies of this
 * package in one process must still agree. HTTP statuses stand in {@link errorFacts}.
 */
export * from "./errors/groups.ts";
export * from "./errors/input.ts";
export * from "./errors/rights.ts";
export * from "./errors/service.ts";
export * from "./errors/sign-in.ts";
export * from "./errors/users.ts";

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
