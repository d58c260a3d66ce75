import type { MusterError } from "@muster/core";

/** Code → status and title of what goes wrong before the core is asked. */
export const httpProblems = {
  malformed_request: { status: 400, title: "Malformed request" },
  malformed_json: { status: 400, title: "Malformed JSON" },
  route_not_found: { status: 404, title: "No such route" },
  docs_not_installed: { status: 404, title: "Documentation page not installed" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  body_too_large: { status: 413, title: "Body too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  internal_error: { status: 500, title: "Internal error" },
} as const;

/** Stable names of what goes wrong before the core is asked. */
export type HttpProblemCode = keyof typeof httpProblems;

/** Titles of the core's errors (RFC 9457 §3.1.3: the same for every occurrence). */
export const errorTitles: { readonly [Tag in MusterError["_tag"]]: string } = {
  InvalidInput: "Invalid input",
  UserNotFound: "User not found",
  SessionNotFound: "Session not found",
  KeyNotFound: "Key not found",
  GroupNotFound: "Group not found",
  GroupIdTaken: "Group id taken",
  GroupCycle: "Group cycle",
  GroupTooDeep: "Group too deep",
  UsernameTaken: "Username taken",
  EmailTaken: "Email taken",
  UserIdTaken: "User id taken",
  VersionMismatch: "Version mismatch",
  IllegalTransition: "Illegal transition",
  UserReferenced: "User referenced",
  LastAdmin: "Last admin",
  InvalidCredentials: "Invalid credentials",
  SecondFactorRequired: "Second factor required",
  InvalidChallenge: "Invalid challenge",
  InvalidCode: "Invalid code",
  InsufficientAuthentication: "Insufficient authentication",
  SecondFactorNotFound: "Second factor not found",
  InvalidToken: "Invalid token",
  InvalidRefreshToken: "Invalid refresh token",
  InvalidOneTimeToken: "Invalid one-time token",
  InvitationNotFound: "Invitation not found",
  InvitationClosed: "Invitation closed",
  MailNotConfigured: "Mail not configured",
  Unauthenticated: "Unauthenticated",
  Forbidden: "Forbidden",
  ActionRequired: "Action required",
  ChangeRefused: "Change refused",
  TooManyAttempts: "Too many attempts",
  TooBusy: "Too busy",
  StoreUnavailable: "Store unavailable",
  UnsupportedSchema: "Unsupported schema",
  InvalidConfiguration: "Invalid configuration",
  Closed: "Closed",
};
