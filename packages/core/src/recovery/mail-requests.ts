import * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { SealedPayloads } from "../outbox/sealed-payloads.ts";
import type { IdGenerator } from "../ports/environment.ts";
import type { OutboxEntry } from "../ports/outbox.ts";
import type { Stores } from "../ports/storage.ts";

/** A mail that is to be written and sent. No token is in it: one is made when the mail is written. */
export type MailRequest =
  | { readonly kind: "password_reset"; readonly login: string }
  | { readonly kind: "password_reset"; readonly userId: string }
  | { readonly kind: "password_changed"; readonly userId: string }
  | { readonly kind: "email_verification"; readonly userId: string }
  | { readonly kind: "invitation"; readonly userId: string }
  /** `state` is what the request rests on, in base64url. */
  | { readonly kind: "email_change"; readonly userId: string; readonly address: string; readonly state: string }
  /** `address` is the old one, which was proven. */
  | { readonly kind: "email_changed"; readonly userId: string; readonly address: string };

/** Puts mails into the outbox, in the transaction of what they tell of. */
export interface MailRequests {
  /** False when this instance has no way to send mails. */
  readonly canSend: boolean;
  /** Does nothing when no mail can be sent. */
  readonly append: (
    stores: Stores,
    tenant: string,
    request: MailRequest,
    at: Date,
  ) => Effect.Effect<void, StoreUnavailable>;
  /** The request in an entry; undefined for one that another installation sealed. */
  readonly read: (entry: OutboxEntry) => MailRequest | undefined;
  /** To be called after the commit. */
  readonly wake: () => void;
}

export interface MailRequestsPorts {
  readonly ids: IdGenerator;
  readonly sealed: SealedPayloads;
  readonly canSend: boolean;
  readonly wake: () => void;
}

/** The entries of the outbox that are mails. */
export const mailTopic = "mail";

/** Requests are sealed: they hold what somebody typed as login, which may be a password by mistake. */
export const makeMailRequests = ({ ids, sealed, canSend, wake }: MailRequestsPorts): MailRequests => ({
  canSend,
  // Some time after the answer, and not always the same: writing a mail to somebody takes longer than finding nobody, and
  // in one process whoever asked would see that as the time of the answer or of the next one.
  wake: () => {
    if (canSend) setTimeout(wake, 20 + 80 * Math.random()).unref();
  },
  append: (stores, tenant, request, at) => {
    if (!canSend) return Effect.void;
    const id = ids.next();
    // Who is meant by a login is found out when the mail is written: whoever asks learns nothing, by time either.
    const userId = "userId" in request ? request.userId : id;
    const payload = sealed.seal({ tenant, topic: mailTopic, id }, { ...request });
    return stores.outbox.append(tenant, { id, topic: mailTopic, userId, payload, createdAt: at, availableAt: at });
  },
  // What opens was sealed by this installation.
  read: (entry) => sealed.open(entry, entry.payload) as MailRequest | undefined,
});
