import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  Forbidden,
  IllegalTransition,
  InvalidInput,
  InvalidOneTimeToken,
  InvitationClosed,
  InvitationNotFound,
  MailNotConfigured,
  StoreUnavailable,
  TooBusy,
  Unauthenticated,
  UserNotFound,
} from "../errors.ts";

type Read = InvalidInput | Unauthenticated | Forbidden | ActionRequired | StoreUnavailable | Closed;
type Common = Read | ChangeRefused;

/** How `invitations.create` may fail; a user who is not pending is IllegalTransition. */
export type CreateInvitationError = Common | UserNotFound | IllegalTransition | MailNotConfigured;
/** How `invitations.resend` may fail. */
export type ResendInvitationError = Common | InvitationNotFound | InvitationClosed | MailNotConfigured;
/** How `invitations.revoke` may fail. */
export type RevokeInvitationError = Common | InvitationNotFound | InvitationClosed;
/** How `invitations.get` may fail. */
export type FindInvitationError = Read | InvitationNotFound;
/** How `invitations.list` and `statistics` may fail. */
export type ListInvitationsError = Read;
/** How `invitations.preview` may fail; an unknown, used, expired or revoked token is InvalidOneTimeToken. */
export type PreviewInvitationError = Read | InvalidOneTimeToken;
/** How `invitations.accept` may fail; an unknown, used, expired or revoked token is InvalidOneTimeToken. */
export type AcceptInvitationError = Common | InvalidOneTimeToken | TooBusy;
