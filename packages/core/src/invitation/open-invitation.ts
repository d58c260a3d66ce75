import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { actorId, auditActor, type CallScope } from "../authorization/actor.ts";
import type { StoreUnavailable } from "../errors.ts";
import type { IdGenerator } from "../ports/environment.ts";
import type { StoredInvitation } from "../ports/invitation-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { MailRequests } from "../recovery/mail-requests.ts";
import type { User } from "../user/user.ts";

export interface OpenInvitationPorts {
  readonly ids: IdGenerator;
  readonly mails: Pick<MailRequests, "append" | "canSend">;
  readonly invitationSeconds: number;
}

/** Invites a pending user, in the transaction that made or found the user. */
export interface OpenInvitation {
  /** False when this instance has no way to send mails, and so none to invite. */
  readonly canInvite: boolean;
  readonly open: (
    scope: CallScope,
    stores: Stores,
    user: Pick<User, "id">,
    email: string,
    at: Date,
  ) => Effect.Effect<StoredInvitation, StoreUnavailable>;
}

export const makeOpenInvitation = ({ ids, mails, invitationSeconds }: OpenInvitationPorts): OpenInvitation => ({
  canInvite: mails.canSend,

  open: Effect.fnUntraced(function* (scope, stores, user, email, at) {
    const { actor, tenant } = scope;
    const invitation: StoredInvitation = {
      id: ids.next(),
      userId: user.id,
      email,
      invitedBy: actorId(actor),
      state: "open",
      createdAt: at,
      expiresAt: new Date(at.getTime() + invitationSeconds * 1_000),
      endedAt: null,
    };
    yield* withdraw(stores, tenant, user.id, at);
    yield* stores.invitations.insert(tenant, invitation);
    yield* stores.audit.append(tenant, {
      id: ids.next(),
      at,
      type: "user.invited",
      actor: auditActor(actor),
      userId: user.id,
      sessionId: null,
      changes: [],
    });
    yield* mails.append(stores, tenant, { kind: "invitation", userId: user.id }, at);
    return invitation;
  }),
});

/** Revokes the open invitation of a user, if there is one, with its tokens. */
export const withdraw: (
  stores: Stores,
  tenant: string,
  userId: string,
  at: Date,
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* (stores, tenant, userId, at) {
  const open = Option.getOrUndefined(yield* stores.invitations.findOpen(tenant, userId));
  if (open === undefined) return;
  yield* stores.invitations.end(tenant, open.id, "revoked", at);
  yield* stores.oneTimeTokens.removeAll(tenant, userId, "invitation");
});
