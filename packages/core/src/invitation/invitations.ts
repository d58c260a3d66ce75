import type { KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import type { AuditEventType } from "../audit/audit-event.ts";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { requireIdentified, requireOn, require as requireStanding } from "../authorization/policy.ts";
import { IllegalTransition, InvitationClosed, InvitationNotFound, MailNotConfigured } from "../errors.ts";
import { type CursorContext, decodeCursor, encodeCursor } from "../kernel/cursor.ts";
import { decoder, invalid } from "../kernel/input.ts";
import { defaultPageSize, limitSchema } from "../kernel/page-request.ts";
import type { Page } from "../muster.ts";
import type { StoredInvitation } from "../ports/invitation-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { MailRequests } from "../recovery/mail-requests.ts";
import { type ChangePorts, existing } from "../user/change-user.ts";
import { decodeUserId } from "../user/user-input.ts";
import type { Invitation, InvitationQuery, InvitationStatistics } from "./invitation.ts";
import type {
  CreateInvitationError,
  FindInvitationError,
  ListInvitationsError,
  ResendInvitationError,
  RevokeInvitationError,
} from "./invitation-errors.ts";
import type { OpenInvitation } from "./open-invitation.ts";

export interface InvitationsPorts extends ChangePorts {
  readonly mails: MailRequests;
  readonly invitation: OpenInvitation;
  readonly invitationSeconds: number;
  readonly cursorKey: KeyObject;
}

/** Invitations, for whoever invites. */
export interface InvitationCare {
  readonly create: (
    scope: CallScope,
    invitation: { readonly userId: string },
  ) => Effect.Effect<Invitation, CreateInvitationError>;
  readonly get: (scope: CallScope, id: string) => Effect.Effect<Invitation, FindInvitationError>;
  readonly list: (scope: CallScope, query?: InvitationQuery) => Effect.Effect<Page<Invitation>, ListInvitationsError>;
  readonly statistics: (scope: CallScope) => Effect.Effect<InvitationStatistics, ListInvitationsError>;
  readonly resend: (scope: CallScope, id: string) => Effect.Effect<Invitation, ResendInvitationError>;
  readonly revoke: (scope: CallScope, id: string) => Effect.Effect<Invitation, RevokeInvitationError>;
}

const decodeNew = decoder(Schema.Struct({ userId: Schema.String }));
const decodeText = decoder(Schema.String as Schema.Codec<string, unknown>);
const decodeQuery = decoder(
  Schema.Struct({
    state: Schema.optionalKey(Schema.Literals(["pending", "accepted", "revoked", "expired"])),
    userId: Schema.optionalKey(Schema.String),
    limit: Schema.optionalKey(limitSchema),
    cursor: Schema.optionalKey(Schema.String),
  }),
);

export const makeInvitations = (ports: InvitationsPorts): InvitationCare => {
  const now = () => new Date(ports.clock.now());

  const stored = Effect.fnUntraced(function* (stores: Pick<Stores, "invitations">, tenant: string, input: string) {
    const id = yield* decodeText(input, "id");
    if (!/^[0-9a-f-]{36}$/.test(id)) return yield* new InvitationNotFound();
    const found = Option.getOrUndefined(yield* stores.invitations.find(tenant, id));
    return found === undefined ? yield* new InvitationNotFound() : found;
  });

  const open = Effect.fnUntraced(function* (stores: Stores, tenant: string, id: string) {
    const found = yield* stored(stores, tenant, id);
    return found.state === "open" ? found : yield* new InvitationClosed({ state: found.state });
  });

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

  return {
    create: Effect.fn("Invitations.create")(function* (scope, input) {
      yield* requireIdentified(scope.actor);
      const id = yield* decodeUserId((yield* decodeNew(input)).userId, "userId");
      const at = now();
      const made = yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const user = yield* existing(stores, scope.tenant, id);
          yield* requireOn(scope.actor, "invitations.create", user);
          if (!ports.invitation.canInvite) return yield* new MailNotConfigured();
          if (user.status !== "pending") return yield* new IllegalTransition({ status: user.status, event: "invite" });
          if (user.email === null) return yield* invalid("userId", "without_email", "is a user without an email");
          return yield* ports.invitation.open(scope, stores, user, user.email, at);
        }),
      );
      ports.mails.wake();
      return invitationOf(made, at);
    }),

    get: Effect.fnUntraced(function* (scope, id) {
      yield* requireStanding(scope.actor, "invitations.read");
      return invitationOf(yield* stored(scope.storage, scope.tenant, id), now());
    }),

    list: Effect.fnUntraced(function* (scope, input = {}) {
      yield* requireStanding(scope.actor, "invitations.read");
      const { cursor, limit = defaultPageSize, ...filter } = yield* decodeQuery(input);
      if (filter.userId !== undefined) yield* decodeUserId(filter.userId, "userId");
      const context: CursorContext = {
        tenant: scope.tenant,
        list: "invitations",
        filter: JSON.stringify([filter.state, filter.userId]),
        sort: "id desc",
      };
      const position = cursor === undefined ? undefined : decodeCursor(ports.cursorKey, context, cursor);
      if (cursor !== undefined && position === undefined) {
        return yield* invalid("cursor", "cursor", "is not a cursor of this list and filter");
      }
      const at = now();
      const found = yield* scope.storage.invitations.list(scope.tenant, {
        ...filter,
        now: at,
        limit: limit + 1,
        ...(position !== undefined && { beforeId: position.id }),
      });
      const items = found.slice(0, limit).map((each) => invitationOf(each, at));
      const last = items.at(-1);
      const hasMore = last !== undefined && found.length > limit;
      return {
        items,
        nextCursor: hasMore
          ? encodeCursor(ports.cursorKey, context, { key: 0, id: last.id, direction: "forward" })
          : null,
        previousCursor: null,
        total: null,
      };
    }),

    statistics: Effect.fnUntraced(function* (scope) {
      yield* requireStanding(scope.actor, "invitations.read");
      return yield* scope.storage.invitations.count(scope.tenant, now());
    }),

    resend: Effect.fn("Invitations.resend")(function* (scope, id) {
      yield* requireStanding(scope.actor, "invitations.resend");
      const at = now();
      const expiresAt = new Date(at.getTime() + ports.invitationSeconds * 1_000);
      const renewed = yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const found = yield* open(stores, scope.tenant, id);
          if (!ports.mails.canSend) return yield* new MailNotConfigured();
          const { userId } = found;
          const user = Option.getOrUndefined(yield* stores.users.find(scope.tenant, userId));
          const email = user?.email ?? found.email;
          yield* stores.invitations.renew(scope.tenant, found.id, email, expiresAt);
          yield* stores.oneTimeTokens.removeAll(scope.tenant, userId, "invitation");
          yield* record(scope, stores, "user.invitation_resent", userId, at);
          yield* ports.mails.append(stores, scope.tenant, { kind: "invitation", userId }, at);
          return { ...found, email, expiresAt };
        }),
      );
      ports.mails.wake();
      return invitationOf(renewed, at);
    }),

    revoke: Effect.fn("Invitations.revoke")(function* (scope, id) {
      yield* requireStanding(scope.actor, "invitations.revoke");
      const at = now();
      const ended = yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const found = yield* open(stores, scope.tenant, id);
          if (!(yield* stores.invitations.end(scope.tenant, found.id, "revoked", at))) {
            return yield* new InvitationClosed({ state: "accepted" });
          }
          yield* stores.oneTimeTokens.removeAll(scope.tenant, found.userId, "invitation");
          yield* record(scope, stores, "user.invitation_revoked", found.userId, at);
          return { ...found, state: "revoked", endedAt: at } as const;
        }),
      );
      return invitationOf(ended, at);
    }),
  };
};

const invitationOf = ({ endedAt, state, ...kept }: StoredInvitation, now: Date): Invitation => ({
  ...kept,
  state: state !== "open" ? state : kept.expiresAt > now ? "pending" : "expired",
  acceptedAt: state === "accepted" ? endedAt : null,
  revokedAt: state === "revoked" ? endedAt : null,
});
