import type { SessionClient, SessionTokens } from "../session/session.ts";

/** What became of an invitation: waiting for an answer, accepted, taken back, or past its time. */
export type InvitationState = "pending" | "accepted" | "revoked" | "expired";

/** An invitation of a user. The token in its mail is nowhere else: it is never shown. */
export interface Invitation {
  readonly id: string;
  readonly userId: string;
  /** Where it was sent, as typed. */
  readonly email: string;
  /** Id of the user who invited; null when the system did. */
  readonly invitedBy: string | null;
  readonly state: InvitationState;
  readonly createdAt: Date;
  /** The link in the mail works before this instant. It is counted from when the mail was sent. */
  readonly expiresAt: Date;
  /** Null unless it was accepted. */
  readonly acceptedAt: Date | null;
  /** Null unless it was revoked. */
  readonly revokedAt: Date | null;
}

/** What `invitations.list` takes. Newest first. */
export interface InvitationQuery {
  readonly state?: InvitationState;
  readonly userId?: string;
  /** 1–100, 20 unless given. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** How many invitations there are in each state. */
export type InvitationStatistics = { readonly [State in InvitationState]: number };

/** What somebody with the link of an invitation may know of it before accepting. */
export interface InvitationPreview {
  /** Display name, or first and last name, of who invited; null when the system did or there is no name. */
  readonly inviterName: string | null;
  /** The address the invitation was sent to. */
  readonly email: string;
  readonly expiresAt: Date;
}

/** What `invitations.accept` takes. */
export interface InvitationAcceptance {
  readonly token: string;
  readonly password: string;
  /** Absent names stay as they were given with the invitation; null clears. */
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly displayName?: string | null;
  /** Logs in at once. */
  readonly login?: boolean;
  /** What the session remembers of its client. */
  readonly client?: SessionClient;
}

/** What `invitations.accept` answers. */
export interface AcceptedInvitation {
  readonly userId: string;
  /** Null unless `login` was asked for and nothing stood in its way; what did is told by logging in as usual. */
  readonly session: SessionTokens | null;
}
