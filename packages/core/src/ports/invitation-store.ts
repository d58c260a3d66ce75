import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";

/** What became of an invitation. One that is open and past its time is still `open` to a store. */
export type StoredInvitationState = "open" | "accepted" | "revoked";

/** An invitation of a user. A user has at most one that is open. */
export interface StoredInvitation {
  readonly id: string;
  readonly userId: string;
  /** Where it was sent, as typed. */
  readonly email: string;
  /** Id of the user who invited; null when the system did. */
  readonly invitedBy: string | null;
  readonly state: StoredInvitationState;
  readonly createdAt: Date;
  /** It is good before this instant, not at it. */
  readonly expiresAt: Date;
  /** When it was accepted or revoked; null while it is open. */
  readonly endedAt: Date | null;
}

/** Which invitations are wanted. */
export interface InvitationSelection {
  readonly userId?: string;
  /** `pending` and `expired` are the open ones before and after their time. */
  readonly state?: "pending" | "accepted" | "revoked" | "expired";
  /** What is past and what is not. */
  readonly now: Date;
  /** Only those whose id comes before this one, by code points. */
  readonly beforeId?: string;
  readonly limit: number;
}

/** How many invitations there are of each kind. */
export interface InvitationCounts {
  readonly pending: number;
  readonly accepted: number;
  readonly revoked: number;
  readonly expired: number;
}

/** Invitations. Those of a user go with the user. */
export interface InvitationStore {
  /** Adds an open invitation of an existing user who has none that is open. */
  readonly insert: (tenant: string, invitation: StoredInvitation) => Effect.Effect<void, StoreUnavailable>;

  /** The invitation with this id. */
  readonly find: (tenant: string, id: string) => Effect.Effect<Option.Option<StoredInvitation>, StoreUnavailable>;

  /** The open invitation of a user, past its time or not. */
  readonly findOpen: (
    tenant: string,
    userId: string,
  ) => Effect.Effect<Option.Option<StoredInvitation>, StoreUnavailable>;

  /** Gives an open invitation another address and time; answers whether it was open. */
  readonly renew: (
    tenant: string,
    id: string,
    email: string,
    expiresAt: Date,
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** Ends an open invitation in one atomic statement: of many callers exactly one gets true. */
  readonly end: (
    tenant: string,
    id: string,
    state: "accepted" | "revoked",
    at: Date,
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** The invitations that are wanted, highest id first. */
  readonly list: (
    tenant: string,
    selection: InvitationSelection,
  ) => Effect.Effect<readonly StoredInvitation[], StoreUnavailable>;

  /** How many a tenant has. */
  readonly count: (tenant: string, now: Date) => Effect.Effect<InvitationCounts, StoreUnavailable>;
}
