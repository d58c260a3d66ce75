import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { compareCodePoints } from "../kernel/text.ts";
import type { InvitationSelection, InvitationStore, StoredInvitation } from "../ports/invitation-store.ts";
import { type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memoryInvitations = (tables: Tables, run: Run): InvitationStore => ({
  insert: (tenant, invitation) =>
    run((journal) => {
      const { users, invitations } = tablesOf(tables, tenant);
      if (!users.has(invitation.userId)) throw new Error("An invitation was inserted for a user who does not exist.");
      if (invitations.has(invitation.id)) throw new Error("Two invitations with one id.");
      if (openOf(tables, tenant, invitation.userId) !== undefined) throw new Error("Two open invitations of one user.");
      journal.set(invitations, invitation.id, copyOf(invitation));
      return Effect.void;
    }),

  find: (tenant, id) => run(() => answer(tablesOf(tables, tenant).invitations.get(id))),

  findOpen: (tenant, userId) => run(() => answer(openOf(tables, tenant, userId))),

  renew: (tenant, id, email, expiresAt) =>
    run((journal) => {
      const { invitations } = tablesOf(tables, tenant);
      const found = invitations.get(id);
      if (found?.state !== "open") return Effect.succeed(false);
      journal.set(invitations, id, copyOf({ ...found, email, expiresAt }));
      return Effect.succeed(true);
    }),

  end: (tenant, id, state, at) =>
    run((journal) => {
      const { invitations } = tablesOf(tables, tenant);
      const found = invitations.get(id);
      if (found?.state !== "open") return Effect.succeed(false);
      journal.set(invitations, id, copyOf({ ...found, state, endedAt: at }));
      return Effect.succeed(true);
    }),

  list: (tenant, selection) =>
    run(() =>
      Effect.succeed(
        [...tablesOf(tables, tenant).invitations.values()]
          .filter((invitation) => isWanted(invitation, selection))
          .sort((left, right) => compareCodePoints(right.id, left.id))
          .slice(0, selection.limit)
          .map(copyOf),
      ),
    ),

  count: (tenant, now) =>
    run(() => {
      const counts = { pending: 0, accepted: 0, revoked: 0, expired: 0 };
      for (const invitation of tablesOf(tables, tenant).invitations.values()) counts[stateOf(invitation, now)] += 1;
      return Effect.succeed(counts);
    }),
});

const answer = (found: StoredInvitation | undefined) =>
  Effect.succeed(Option.map(Option.fromUndefinedOr(found), copyOf));

const openOf = (tables: Tables, tenant: string, userId: string): StoredInvitation | undefined =>
  [...tablesOf(tables, tenant).invitations.values()].find((each) => each.userId === userId && each.state === "open");

const stateOf = ({ state, expiresAt }: StoredInvitation, now: Date) => {
  if (state !== "open") return state;
  return expiresAt > now ? "pending" : "expired";
};

const isWanted = (invitation: StoredInvitation, { userId, state, now, beforeId }: InvitationSelection): boolean =>
  (userId === undefined || invitation.userId === userId) &&
  (state === undefined || stateOf(invitation, now) === state) &&
  (beforeId === undefined || compareCodePoints(invitation.id, beforeId) < 0);

const copyOf = (invitation: StoredInvitation): StoredInvitation => ({
  ...invitation,
  createdAt: new Date(invitation.createdAt),
  expiresAt: new Date(invitation.expiresAt),
  endedAt: invitation.endedAt === null ? null : new Date(invitation.endedAt),
});
