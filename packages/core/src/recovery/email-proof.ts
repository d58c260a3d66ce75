import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { passwordText } from "../authentication/password-input.ts";
import { checkStored } from "../authentication/stored-password.ts";
import { actorId, type CallScope } from "../authorization/actor.ts";
import { require as requireStanding } from "../authorization/policy.ts";
import { withoutAction } from "../authorization/required-actions.ts";
import { InvalidCredentials, type StoreUnavailable, type TooBusy, Unauthenticated } from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { Stores } from "../ports/storage.ts";
import { removeFactorsSince } from "../second-factor/remove-factors.ts";
import type { User } from "../user/user.ts";
import { withEmail } from "../user/user-changes.ts";
import type { MailRequests } from "./mail-requests.ts";
import type { ConfirmEmailError, UndoEmailChangeError } from "./recovery-errors.ts";
import { type PresentedToken, present, type RedeemPorts, redeem } from "./redeem.ts";

export interface EmailProofPorts extends RedeemPorts {
  readonly mails: MailRequests;
  readonly hasher: PasswordHasher;
}

/** What `recovery.confirmEmail` answers. */
export interface ConfirmedEmail {
  readonly userId: string;
  readonly email: string;
  /**
   * The account was held by somebody who had not proven the address: password and sessions are gone, and a mail to choose
   * a new password is on its way.
   */
  readonly passwordCleared: boolean;
}

/** What `recovery.confirmEmail` takes. */
export interface EmailConfirmation {
  readonly token: string;
  /** Shows that whoever read the mail holds the account as well; not needed by who is logged in as its user. */
  readonly password?: string;
}

/** Addresses shown to be somebody's. */
export interface EmailProof {
  readonly confirmEmail: (
    scope: CallScope,
    confirmation: EmailConfirmation,
  ) => Effect.Effect<ConfirmedEmail, ConfirmEmailError>;
  readonly undoEmailChange: (
    scope: CallScope,
    undo: { readonly token: string },
  ) => Effect.Effect<void, UndoEmailChangeError>;
}

const proven = ({ requiredActions }: User): Partial<User> => ({
  requiredActions: withoutAction(requiredActions, "VERIFY_EMAIL"),
});

const decodeConfirmation = decoder(Schema.Struct({ token: Schema.String, password: Schema.optionalKey(passwordText) }));
const decodeUndo = decoder(Schema.Struct({ token: Schema.String }));

export const makeEmailProof = (ports: EmailProofPorts): EmailProof => {
  /** Whether the caller holds the account, and not only the mailbox. A password that is given must be right. */
  const holds = Effect.fnUntraced(function* (
    scope: CallScope,
    { owner }: PresentedToken,
    password: string | undefined,
  ): Effect.fn.Return<boolean, InvalidCredentials | TooBusy | StoreUnavailable> {
    if (password === undefined) return actorId(scope.actor) === owner.id;
    const stored = yield* scope.storage.credentials.find(scope.tenant, owner.id);
    const isRight =
      Option.isSome(stored) &&
      (yield* checkStored(ports.hasher, Redacted.make(password), stored.value, {
        tenant: scope.tenant,
        userId: owner.id,
      }));
    return isRight ? true : yield* new InvalidCredentials();
  });

  /** Nothing that whoever held the account knows or has lets them in any more; its owner is mailed a way in. */
  const clearAccess = Effect.fnUntraced(function* (
    scope: CallScope,
    user: User,
    stores: Stores,
    since: Date,
    at: Date,
  ) {
    const { tenant } = scope;
    yield* stores.credentials.remove(tenant, user.id);
    yield* removeFactorsSince(stores, tenant, user.id, since);
    yield* stores.sessions.revokeAll(tenant, user.id, at);
    yield* stores.accessChanges.append({ tenant, userId: user.id }, at);
    yield* ports.mails.append(stores, tenant, { kind: "password_reset", userId: user.id }, at);
  });

  const removeTokens = Effect.fnUntraced(function* (scope: CallScope, user: User, stores: Stores) {
    for (const purpose of ["password_reset", "email_verification", "email_change"] as const) {
      yield* stores.oneTimeTokens.removeAll(scope.tenant, user.id, purpose);
    }
  });

  const verify = Effect.fnUntraced(function* (scope: CallScope, presented: PresentedToken, isHolder: boolean) {
    let isCleared = false;
    const user = yield* redeem(ports, scope, presented, {
      operation: "recovery.confirm_email",
      event: "user.email_verified",
      apply: Effect.fnUntraced(function* (before, stores, at) {
        isCleared = !isHolder && before.emailVerifiedAt === null;
        yield* removeTokens(scope, before, stores);
        if (isCleared) yield* clearAccess(scope, before, stores, before.createdAt, at);
        return { emailVerifiedAt: before.emailVerifiedAt ?? at, ...proven(before) };
      }),
    });
    return { user, isCleared };
  });

  const change = Effect.fnUntraced(function* (scope: CallScope, presented: PresentedToken, isHolder: boolean) {
    // A stranger who reads the mail must not lend their address to somebody else's account by one careless click.
    if (!isHolder) return yield* new Unauthenticated();
    const { address } = presented.token;
    const user = yield* redeem(ports, scope, presented, {
      operation: "recovery.confirm_email",
      event: "user.email_changed",
      apply: Effect.fnUntraced(function* (before, stores, at) {
        yield* removeTokens(scope, before, stores);
        // An address that nobody proved may be a stranger's: it gets neither the news nor a way in.
        if (before.email !== null && before.emailVerifiedAt !== null) {
          const notice = { kind: "email_changed", userId: before.id, address: before.email } as const;
          yield* ports.mails.append(stores, scope.tenant, notice, at);
        }
        return { ...(yield* withEmail(before, address, at)), ...proven(before) };
      }),
    });
    return { user, isCleared: false };
  });

  return {
    confirmEmail: Effect.fn("Recovery.confirmEmail")(function* (scope, input) {
      yield* requireStanding(scope.actor, "recovery.confirm_email");
      const { token, password } = yield* decodeConfirmation(input);
      const presented = yield* present(ports, scope, token, ["email_verification", "email_change"]);
      const isHolder = yield* holds(scope, presented, password);
      const redeemed = presented.token.purpose === "email_change" ? change : verify;
      const { user, isCleared } = yield* redeemed(scope, presented, isHolder);
      ports.mails.wake();
      return { userId: user.id, email: presented.token.address, passwordCleared: isCleared };
    }),

    undoEmailChange: Effect.fn("Recovery.undoEmailChange")(function* (scope, input) {
      yield* requireStanding(scope.actor, "recovery.undo_email_change");
      const presented = yield* present(ports, scope, (yield* decodeUndo(input)).token, ["email_undo"]);
      yield* redeem(ports, scope, presented, {
        operation: "recovery.undo_email_change",
        event: "user.email_change_undone",
        apply: Effect.fnUntraced(function* (before, stores, at) {
          yield* removeTokens(scope, before, stores);
          yield* stores.oneTimeTokens.removeAll(scope.tenant, before.id, "email_undo");
          // Factors from before the change are the owner's own, and an old mailbox alone must not do without them.
          yield* clearAccess(scope, before, stores, presented.token.createdAt, at);
          return yield* withEmail(before, presented.token.address, at);
        }),
      });
      ports.mails.wake();
    }),
  };
};
