import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import type { JsonObject } from "../kernel/json.ts";

/** `pending` until somebody has it (`delivered`) or nobody will (`dead`). */
export type OutboxState = "pending" | "delivered" | "dead";

/** What is to be told to somebody outside once the change it tells of is committed. */
export interface NewOutboxEntry {
  /**
   * Names this entry wherever it is delivered: a receiver who has seen the id has seen the entry. Unique within the
   * tenant; a second one is a defect.
   */
  readonly id: string;
  /** Who delivers it, e.g. `mail`: entries of one topic and user are in order, those of different topics independent. */
  readonly topic: string;
  readonly userId: string;
  /** What is delivered. A secret in it is sealed: rows are read by whoever reads the database. */
  readonly payload: JsonObject;
  readonly createdAt: Date;
  /** Not to be delivered before this instant. Of one in line behind another it may come to be that one's. */
  readonly availableAt: Date;
}

/** An entry as stored. */
export interface OutboxEntry extends NewOutboxEntry {
  readonly tenant: string;
  readonly state: OutboxState;
  /** How often it was claimed, this time included. */
  readonly attempts: number;
  readonly endedAt: Date | null;
}

/** Which entries to take for delivery. */
export interface OutboxClaim {
  readonly topic: string;
  readonly now: Date;
  /** How long nobody else gets them; whoever is not done by then may meet somebody else at work on the same entry. */
  readonly leaseUntil: Date;
  readonly limit: number;
}

/** One claim on one entry. */
export type ClaimedEntry = Pick<OutboxEntry, "tenant" | "id" | "attempts">;

/** Which entries of a tenant, newest first by id. */
export interface OutboxSelection {
  readonly topic?: string;
  readonly state?: OutboxState;
  readonly userId?: string;
  /** Only entries with an id below this one. */
  readonly olderThanId?: string;
  readonly limit: number;
}

/**
 * What is still to be told to others: mails, webhooks, hooks. An entry is appended in the transaction of the change it
 * tells of, so that it is there exactly when the change is, and delivered afterwards by a relay, at least once.
 *
 * Entries of one topic and user are delivered in the order in which they were appended: one that waits, is being
 * delivered or failed holds up those behind it until it is delivered or dead. A transaction that sees what another one
 * committed appends behind it.
 */
export interface Outbox {
  readonly append: (tenant: string, entry: NewOutboxEntry) => Effect.Effect<void, StoreUnavailable>;

  /**
   * Takes up to `limit` entries of a topic, of all tenants, that are the first in line of their users and available at
   * `now`, longest available first. Each counts one attempt more and is not available again before `leaseUntil`: of many
   * callers exactly one gets an entry, until its lease runs out.
   */
  readonly claim: (claim: OutboxClaim) => Effect.Effect<readonly OutboxEntry[], StoreUnavailable>;

  /** When the next entry of a topic becomes available, leases included; none when nothing is pending. */
  readonly nextAvailable: (topic: string) => Effect.Effect<Option.Option<Date>, StoreUnavailable>;

  /**
   * Marks a claimed entry as delivered and drops its payload. False, and nothing is changed, when it was claimed again
   * since or has ended; so with the next two.
   */
  readonly acknowledge: (claimed: ClaimedEntry, at: Date) => Effect.Effect<boolean, StoreUnavailable>;

  /** Makes a claimed entry available again at an instant. */
  readonly putBack: (claimed: ClaimedEntry, availableAt: Date) => Effect.Effect<boolean, StoreUnavailable>;

  /** Gives a claimed entry up, so that those behind it go on. It keeps its payload. */
  readonly bury: (claimed: ClaimedEntry, at: Date) => Effect.Effect<boolean, StoreUnavailable>;

  readonly list: (
    tenant: string,
    selection: OutboxSelection,
  ) => Effect.Effect<readonly OutboxEntry[], StoreUnavailable>;

  /** Removes entries that ended in this state before an instant, of all tenants, at most `limit`; answers their number. */
  readonly removeEndedBefore: (
    state: Exclude<OutboxState, "pending">,
    before: Date,
    limit: number,
  ) => Effect.Effect<number, StoreUnavailable>;
}
