import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type { AuditEventType } from "../audit/audit-event.ts";
import { passwordText } from "../authentication/password-input.ts";
import { checkStored } from "../authentication/stored-password.ts";
import { actorId, auditActor, type CallScope } from "../authorization/actor.ts";
import { requireIdentified, requireOn, require as requireStanding } from "../authorization/policy.ts";
import { InvalidCredentials, MailNotConfigured, Unauthenticated } from "../errors.ts";
import { decoder, invalid } from "../kernel/input.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { Stores } from "../ports/storage.ts";
import { type ChangePorts, existing } from "../user/change-user.ts";
import { sameAddress } from "../user/user-changes.ts";
import { decodeEmail, decodeUserId } from "../user/user-input.ts";
import { stateFor } from "./account-state.ts";
import type { MailRequests } from "./mail-requests.ts";
import type {
  FindPendingEmailError,
  RequestEmailChangeError,
  RequestEmailVerificationError,
} from "./recovery-errors.ts";

export interface EmailRequestsPorts extends ChangePorts {
  readonly mails: MailRequests;
  readonly hasher: PasswordHasher;
}

/** An address a user wants and has not proven yet. */
export interface PendingEmail {
  readonly email: string;
  /** Until when the link in the mail to it works. */
  readonly expiresAt: Date;
}

/** Asking for proof of an address. */
export interface EmailRequests {
  readonly requestEmailVerification: (
    scope: CallScope,
    userId?: string,
  ) => Effect.Effect<void, RequestEmailVerificationError>;
  readonly requestEmailChange: (
    scope: CallScope,
    request: { readonly email: string; readonly password: string },
  ) => Effect.Effect<void, RequestEmailChangeError>;
  readonly findPendingEmail: (
    scope: CallScope,
    userId?: string,
  ) => Effect.Effect<PendingEmail | undefined, FindPendingEmailError>;
}

const decodeChange = decoder(Schema.Struct({ email: Schema.String, password: passwordText }));

export const makeEmailRequests = (ports: EmailRequestsPorts): EmailRequests => {
  const record = (scope: CallScope, stores: Stores, type: AuditEventType, userId: string, at: Date) =>
    stores.audit.append(scope.tenant, {
      id: ports.ids.next(),
      at,
      type,
      actor: auditActor(scope.actor),
      userId,
      sessionId: null,
      changes: [],
    });

  const named = Effect.fnUntraced(function* (scope: CallScope, userId: string | undefined) {
    yield* requireIdentified(scope.actor);
    const id = userId === undefined ? actorId(scope.actor) : userId;
    return id === null ? yield* new Unauthenticated() : yield* decodeUserId(id, "userId");
  });

  return {
    requestEmailVerification: Effect.fn("Recovery.requestEmailVerification")(function* (scope, userId) {
      const id = yield* named(scope, userId);
      const at = new Date(ports.clock.now());
      yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const user = yield* existing(stores, scope.tenant, id);
          yield* requireOn(scope.actor, "recovery.request_email_verification", user);
          if (!ports.mails.canSend) return yield* new MailNotConfigured();
          if (user.email === null || user.emailVerifiedAt !== null) return;
          yield* ports.mails.append(stores, scope.tenant, { kind: "email_verification", userId: id }, at);
          yield* record(scope, stores, "user.email_verification_requested", id, at);
        }),
      );
      ports.mails.wake();
    }),

    requestEmailChange: Effect.fn("Recovery.requestEmailChange")(function* (scope, input) {
      const id = actorId(scope.actor);
      if (id === null) {
        yield* requireStanding(scope.actor, "recovery.request_email_change");
        return yield* new Unauthenticated();
      }
      const given = yield* decodeChange(input);
      const address = yield* decodeEmail(given.email, "email");
      if (!ports.mails.canSend) return yield* new MailNotConfigured();
      const stored = yield* scope.storage.credentials.find(scope.tenant, id);
      // OWASP ASVS 5.0 7.5.1: an access token alone is not enough to change where a password can be reset.
      const isRight =
        Option.isSome(stored) &&
        (yield* checkStored(ports.hasher, Redacted.make(given.password), stored.value, {
          tenant: scope.tenant,
          userId: id,
        }));
      if (!isRight) return yield* new InvalidCredentials();
      const at = new Date(ports.clock.now());
      yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const user = yield* existing(stores, scope.tenant, id);
          yield* requireOn(scope.actor, "recovery.request_email_change", user);
          const current = yield* stores.credentials.find(scope.tenant, id);
          if (Option.getOrUndefined(current) !== stored.value) return yield* new InvalidCredentials();
          if (address === null || (sameAddress(user.email, address) && user.emailVerifiedAt !== null)) {
            return yield* invalid("email", "email_unchanged", "must be another address than the present one");
          }
          const state = Buffer.from(yield* stateFor(stores, scope.tenant, user, "email_change")).toString("base64url");
          yield* ports.mails.append(stores, scope.tenant, { kind: "email_change", userId: id, address, state }, at);
          yield* record(scope, stores, "user.email_change_requested", id, at);
        }),
      );
      ports.mails.wake();
    }),

    findPendingEmail: Effect.fnUntraced(function* (scope, userId) {
      const id = yield* named(scope, userId);
      const user = yield* existing(scope.storage, scope.tenant, id);
      yield* requireOn(scope.actor, "recovery.request_email_verification", user);
      const found = yield* scope.storage.oneTimeTokens.findNewest(scope.tenant, id, "email_change");
      const isPending = Option.isSome(found) && found.value.expiresAt.getTime() > ports.clock.now();
      return isPending ? { email: found.value.address, expiresAt: found.value.expiresAt } : undefined;
    }),
  };
};
