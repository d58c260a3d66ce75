import type { Page } from "../muster.ts";
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

/**
 * Users who are let in by a mail. `users.create({ …, invite: true })` makes one, or `create` here for a user who is
 * `pending`; whoever follows the link sets a password and is `enabled`. Only the system and admins invite; without a mailer
 * nobody does: MailNotConfigured. A token works once: unknown, used, expired or revoked it is InvalidOneTimeToken.
 */
export interface Invitations {
  /**
   * Mails an invitation to a user who is `pending` and has an email; takes back one that is open. Fails with UserNotFound,
   * IllegalTransition.
   */
  readonly create: (invitation: { readonly userId: string }) => Promise<Invitation>;
  /** Fails with InvitationNotFound. */
  readonly get: (id: string) => Promise<Invitation>;
  /** Newest first. */
  readonly list: (query?: InvitationQuery) => Promise<Page<Invitation>>;
  /** How many there are in each state. */
  readonly statistics: () => Promise<InvitationStatistics>;
  /**
   * Mails another link, to the email the user has now; older ones are dead from here on, and the time begins anew, also of
   * one that is expired. Fails with InvitationNotFound, InvitationClosed.
   */
  readonly resend: (id: string) => Promise<Invitation>;
  /** Takes it back: its links are dead. The user stays `pending`. Fails with InvitationNotFound, InvitationClosed. */
  readonly revoke: (id: string) => Promise<Invitation>;
  /** What a page shows before it asks for a password. The link works on. */
  readonly preview: (invitation: { readonly token: string }) => Promise<InvitationPreview>;
  /**
   * Sets password and names by the token of the mail and enables the user, whose address counts as proven. A password the
   * policy refuses (InvalidInput) leaves the token good. Fails also with TooBusy.
   */
  readonly accept: (acceptance: InvitationAcceptance) => Promise<AcceptedInvitation>;
}
