import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type { NewPasswords } from "../authentication/new-password.ts";
import type { CallScope } from "../authorization/actor.ts";
import { require as requireStanding } from "../authorization/policy.ts";
import { withoutAction } from "../authorization/required-actions.ts";
import { InvalidOneTimeToken } from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import { present, type RedeemPorts, redeem } from "../recovery/redeem.ts";
import type { SessionClient, SessionTokens } from "../session/session.ts";
import type { LoginError } from "../session/session-errors.ts";
import { transition } from "../user/lifecycle.ts";
import type { User } from "../user/user.ts";
import { decodeNewPassword, decodeUserPatch } from "../user/user-input.ts";
import type { AcceptedInvitation, InvitationAcceptance, InvitationPreview } from "./invitation.ts";
import type { AcceptInvitationError, PreviewInvitationError } from "./invitation-errors.ts";

export interface AcceptInvitationPorts extends RedeemPorts {
  readonly passwords: NewPasswords;
  readonly login: (
    scope: CallScope,
    credentials: { readonly login: string; readonly password: string; readonly client?: SessionClient },
  ) => Effect.Effect<SessionTokens, LoginError>;
}

/** Invitations, for whoever was invited. */
export interface InvitationAnswers {
  readonly preview: (
    scope: CallScope,
    invitation: { readonly token: string },
  ) => Effect.Effect<InvitationPreview, PreviewInvitationError>;
  readonly accept: (
    scope: CallScope,
    acceptance: InvitationAcceptance,
  ) => Effect.Effect<AcceptedInvitation, AcceptInvitationError>;
}

const decodePreview = decoder(Schema.Struct({ token: Schema.String }));
const decodeAcceptance = decoder(
  Schema.Struct({
    token: Schema.String,
    password: Schema.String,
    firstName: Schema.optionalKey(Schema.Unknown),
    lastName: Schema.optionalKey(Schema.Unknown),
    displayName: Schema.optionalKey(Schema.Unknown),
    login: Schema.optionalKey(Schema.Boolean),
    client: Schema.optionalKey(
      Schema.Struct({ address: Schema.optionalKey(Schema.String), userAgent: Schema.optionalKey(Schema.String) }),
    ),
  }),
);

export const makeAcceptInvitation = (ports: AcceptInvitationPorts): InvitationAnswers => ({
  preview: Effect.fnUntraced(function* (scope, input) {
    yield* requireStanding(scope.actor, "invitations.preview");
    const { token } = yield* presentInvitation(ports, scope, (yield* decodePreview(input)).token);
    const { invitations, users } = scope.storage;
    const invitation = Option.getOrUndefined(yield* invitations.findOpen(scope.tenant, token.userId));
    if (invitation === undefined) return yield* new InvalidOneTimeToken();
    const { invitedBy } = invitation;
    const inviter = invitedBy === null ? Option.none() : yield* users.find(scope.tenant, invitedBy);
    return {
      inviterName: Option.match(inviter, { onNone: () => null, onSome: nameOf }),
      email: token.address,
      expiresAt: token.expiresAt,
    };
  }),

  accept: Effect.fn("Invitations.accept")(function* (scope, input) {
    yield* requireStanding(scope.actor, "invitations.accept");
    const { token, password: typed, login = false, client, ...given } = yield* decodeAcceptance(input);
    const names = yield* decodeUserPatch(given);
    const password = Redacted.make(yield* decodeNewPassword(typed, "password"));
    // Whoever has the token is the one who is invited, whoever else is logged in on the same device.
    const guest: CallScope = scope.actor.kind === "user" ? { ...scope, actor: { kind: "anonymous" } } : scope;
    const presented = yield* presentInvitation(ports, guest, token);
    const hash = yield* ports.passwords.hash("password", password, { ...presented.owner, ...names });
    const { id: userId } = yield* redeem(ports, guest, presented, {
      operation: "invitations.accept",
      event: "user.invitation_accepted",
      access: true,
      apply: Effect.fnUntraced(function* (before, stores, at) {
        const { tenant } = guest;
        const open = Option.getOrUndefined(yield* stores.invitations.findOpen(tenant, before.id));
        const isOpen = open !== undefined && before.status === "pending";
        if (!isOpen || !(yield* stores.invitations.end(tenant, open.id, "accepted", at))) {
          return yield* new InvalidOneTimeToken();
        }
        yield* stores.credentials.put(tenant, before.id, hash, at);
        yield* stores.oneTimeTokens.removeAll(tenant, before.id, "invitation");
        return {
          ...names,
          ...enabled(before),
          emailVerifiedAt: before.emailVerifiedAt ?? at,
          requiredActions: withoutAction(withoutAction(before.requiredActions, "VERIFY_EMAIL"), "UPDATE_PASSWORD"),
        };
      }),
    }).pipe(
      // Neither name nor address changes, so none can be taken.
      Effect.catchTags({ EmailTaken: Effect.die, UsernameTaken: Effect.die }),
    );
    if (!login) return { userId, session: null };
    const credentials = { login: presented.token.address, password: typed, ...(client !== undefined && { client }) };
    // The invitation is accepted by now: what stands in the way of a session must not look as if it were not.
    return { userId, session: Option.getOrNull(yield* Effect.option(ports.login(guest, credentials))) };
  }),
});

const presentInvitation = Effect.fnUntraced(function* (ports: RedeemPorts, scope: CallScope, token: string) {
  const presented = yield* present(ports, scope, token, ["invitation"]);
  return presented.owner.status === "pending" ? presented : yield* new InvalidOneTimeToken();
});

const enabled = ({ status }: User): Partial<User> => {
  const next = transition(status, "enable");
  return next === undefined || next === "purged" ? {} : { status: next };
};

const nameOf = ({ displayName, firstName, lastName }: User): string | null =>
  displayName ?? ([firstName, lastName].filter((name) => name !== null).join(" ") || null);
