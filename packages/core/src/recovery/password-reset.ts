import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type { NewPasswords } from "../authentication/new-password.ts";
import type { CallScope } from "../authorization/actor.ts";
import { require as requireStanding } from "../authorization/policy.ts";
import { withoutAction } from "../authorization/required-actions.ts";
import { InvalidOneTimeToken, MailNotConfigured } from "../errors.ts";
import { decoder, text } from "../kernel/input.ts";
import type { SessionClient } from "../session/session.ts";
import type { Throttle } from "../throttling/throttle.ts";
import type { User } from "../user/user.ts";
import { decodeNewPassword } from "../user/user-input.ts";
import type { MailRequests } from "./mail-requests.ts";
import type { RequestPasswordResetError, ResetPasswordError } from "./recovery-errors.ts";
import { present, type RedeemPorts, redeem } from "./redeem.ts";

export interface PasswordResetPorts extends RedeemPorts {
  readonly mails: MailRequests;
  readonly passwords: NewPasswords;
  readonly throttle: Throttle;
}

/** A password that its owner forgot. */
export interface PasswordReset {
  readonly requestPasswordReset: (
    scope: CallScope,
    request: { readonly login: string; readonly client?: SessionClient },
  ) => Effect.Effect<void, RequestPasswordResetError>;
  readonly resetPassword: (
    scope: CallScope,
    reset: { readonly token: string; readonly password: string },
  ) => Effect.Effect<void, ResetPasswordError>;
}

const decodeRequest = decoder(
  Schema.Struct({
    login: text(1, 1_024),
    client: Schema.optionalKey(
      Schema.Struct({ address: Schema.optionalKey(Schema.String), userAgent: Schema.optionalKey(Schema.String) }),
    ),
  }),
);
const decodeReset = decoder(Schema.Struct({ token: Schema.String, password: Schema.String }));

export const makePasswordReset = (ports: PasswordResetPorts): PasswordReset => ({
  requestPasswordReset: Effect.fn("Recovery.requestPasswordReset")(function* (scope, input) {
    yield* requireStanding(scope.actor, "recovery.request_password_reset");
    const { login, client } = yield* decodeRequest(input);
    if (!ports.mails.canSend) return yield* new MailNotConfigured();
    const at = new Date(ports.clock.now());
    // Nobody is looked up here: the same is done for a login that exists and for one that does not.
    yield* scope.storage.transact((stores) =>
      Effect.andThen(
        ports.throttle.request(stores, scope.tenant, "password_reset", client?.address),
        ports.mails.append(stores, scope.tenant, { kind: "password_reset", login: login.trim() }, at),
      ),
    );
    ports.mails.wake();
  }),

  resetPassword: Effect.fn("Recovery.resetPassword")(function* (scope, input) {
    yield* requireStanding(scope.actor, "recovery.reset_password");
    const { token, ...given } = yield* decodeReset(input);
    const password = Redacted.make(yield* decodeNewPassword(given.password, "password"));
    const presented = yield* present(ports, scope, token, ["password_reset"]);
    const hash = yield* ports.passwords.hash("password", password, presented.owner);
    yield* redeem(ports, scope, presented, {
      operation: "recovery.reset_password",
      event: "user.password_reset",
      endsSessions: true,
      apply: Effect.fnUntraced(function* (before, stores, at) {
        if (before.status !== "enabled") return yield* new InvalidOneTimeToken();
        const { tenant } = scope;
        yield* stores.credentials.put(tenant, before.id, hash, at);
        yield* stores.oneTimeTokens.removeAll(tenant, before.id, "password_reset");
        yield* stores.oneTimeTokens.removeAll(tenant, before.id, "email_change");
        yield* ports.throttle.clear(stores, tenant, before);
        yield* ports.mails.append(stores, tenant, { kind: "password_changed", userId: before.id }, at);
        return provenBy(before, at);
      }),
    }).pipe(
      // Neither name nor address changes, so none can be taken.
      Effect.catchTags({ EmailTaken: Effect.die, UsernameTaken: Effect.die }),
    );
    ports.mails.wake();
  }),
});

/** Whoever has the token has read the mail to this address. */
const provenBy = ({ emailVerifiedAt, requiredActions }: User, at: Date): Partial<User> => ({
  emailVerifiedAt: emailVerifiedAt ?? at,
  requiredActions: withoutAction(withoutAction(requiredActions, "VERIFY_EMAIL"), "UPDATE_PASSWORD"),
});
