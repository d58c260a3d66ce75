import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { ScopedStorage } from "../hooks/commits.ts";
import type { MailSettings } from "../mail/mail-options.ts";
import { writeMail } from "../mail/write-mail.ts";
import type { Delivery } from "../outbox/relay.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { Mail, Mailer, MailKind } from "../ports/mailer.ts";
import type { OutboxEntry } from "../ports/outbox.ts";
import type { Stores } from "../ports/storage.ts";
import type { User } from "../user/user.ts";
import { type Draft, draftOf } from "./mail-drafts.ts";
import { type MailRequests, mailTopic } from "./mail-requests.ts";
import type { OneTimeTokens } from "./one-time-token.ts";
import type { RecoverySettings } from "./recovery-options.ts";

export interface MailDeliveryPorts {
  readonly storage: Pick<ScopedStorage, "transact">;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly tokens: OneTimeTokens;
  readonly mails: MailRequests;
  readonly mailer: Mailer;
  readonly mail: MailSettings;
  readonly settings: RecoverySettings;
}

/**
 * Writes and sends the mails in the outbox.
 *
 * The token of a mail is made here, at the last moment, and each attempt makes one of its own: its text is in the mail and
 * nowhere else, so there is nothing to be read in the database, sealed or not, and its time runs from when it was sent,
 * however long the mail server was down. Nobody waits for this: whether somebody exists is not to be learnt from it.
 */
export const makeMailDelivery = (ports: MailDeliveryPorts): Delivery => {
  const { clock, mail, mailer, settings, tokens } = ports;

  /** The token of a mail, or undefined when one was sent so shortly before that another one is only a nuisance. */
  const issued = Effect.fnUntraced(function* (stores: Stores, entry: OutboxEntry, draft: Draft) {
    const { purpose, user, address, boundTo } = draft;
    if (purpose === undefined) return undefined;
    const { tenant } = entry;
    const at = new Date(clock.now());
    const last = Option.getOrUndefined(yield* stores.oneTimeTokens.findNewest(tenant, user.id, purpose));
    const isFirstAttempt = entry.attempts === 1;
    if (isFirstAttempt && last?.address === address && isRecent(last.createdAt, at)) return undefined;
    // What the user wants as address is one address: the last one asked for.
    if (purpose === "email_change") yield* stores.oneTimeTokens.removeAll(tenant, user.id, purpose);
    const text = tokens.issue(purpose);
    const expiresAt = new Date(at.getTime() + settings.lifetimes[purpose] * 1_000);
    const hash = tokens.hash(text);
    yield* stores.oneTimeTokens.insert(tenant, {
      hash,
      purpose,
      userId: user.id,
      address,
      boundTo,
      createdAt: at,
      expiresAt,
    });
    if (purpose === "invitation") yield* renewed(stores, tenant, draft, expiresAt);
    if (isFirstAttempt && purpose === "password_reset") {
      yield* stores.audit.append(tenant, {
        id: ports.ids.next(),
        at,
        type: "user.password_reset_requested",
        actor: { kind: "anonymous" },
        userId: user.id,
        sessionId: null,
        changes: [],
      });
    }
    return text;
  });

  /** Where an invitation was sent and how long it is good is what its mail says. */
  const renewed = Effect.fnUntraced(function* (stores: Stores, tenant: string, { user, address }: Draft, until: Date) {
    const open = Option.getOrUndefined(yield* stores.invitations.findOpen(tenant, user.id));
    if (open !== undefined) yield* stores.invitations.renew(tenant, open.id, address, until);
  });

  const isRecent = (instant: Date, now: Date): boolean =>
    Math.abs(now.getTime() - instant.getTime()) < settings.mailIntervalSeconds * 1_000;

  const written = Effect.fnUntraced(function* (entry: OutboxEntry, stores: Stores) {
    const request = ports.mails.read(entry);
    if (request === undefined) return yield* Effect.die(new Error("A mail was sealed by another installation."));
    const draft = yield* draftOf(stores, entry.tenant, request);
    if (draft === undefined) return undefined;
    const token = yield* issued(stores, entry, draft);
    if (draft.purpose !== undefined && token === undefined) return undefined;
    return mailOf(entry, draft, token);
  });

  const mailOf = (entry: OutboxEntry, draft: Draft, token: string | undefined): Mail => {
    const { kind, purpose, user, address, to } = draft;
    const values = {
      product: mail.product,
      name: nameOf(user),
      address,
      ...(purpose !== undefined &&
        token !== undefined && {
          seconds: settings.lifetimes[purpose],
          link: mail.link(purpose, entry.tenant, token),
        }),
    };
    const message = writeMail(mail.languages, kind, user.locale, values);
    return { id: entry.id, kind: kind satisfies MailKind, tenant: entry.tenant, to, ...message };
  };

  return {
    topic: mailTopic,
    deliver: Effect.fnUntraced(function* (entry) {
      const message = yield* ports.storage.transact((stores) => written(entry, stores));
      if (message === undefined) return;
      yield* Effect.tryPromise({ try: () => mailer.send(message), catch: (error) => error }).pipe(
        Effect.catchIf(isPermanent, () => Effect.void),
      );
    }),
  };
};

/** No server will ever take this mail: there is nothing to try again. */
const isPermanent = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "permanent" in error && error.permanent === true;

const nameOf = ({ displayName, firstName, username, email }: User): string =>
  displayName ?? firstName ?? username ?? email ?? "";
