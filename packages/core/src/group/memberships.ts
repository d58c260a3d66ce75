import type { KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import type { AuditEventType } from "../audit/audit-event.ts";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { require } from "../authorization/policy.ts";
import { type StoreUnavailable, UserNotFound } from "../errors.ts";
import { forwardPage } from "../kernel/forward-page.ts";
import { defaultPageSize } from "../kernel/page-request.ts";
import { comparable } from "../kernel/text.ts";
import type { Page, Total } from "../muster.ts";
import type { GroupFilter } from "../ports/group-store.ts";
import type { Stores } from "../ports/storage.ts";
import { type ChangePorts, existing } from "../user/change-user.ts";
import type { User, UserView } from "../user/user.ts";
import type { TotalMode } from "../user/user-filter.ts";
import { decodeUserId } from "../user/user-input.ts";
import { viewOf } from "../user/user-view.ts";
import type { Group, GroupQuery, MemberQuery } from "./group.ts";
import type { ChangeMembersError, FindGroupError, ListGroupsError, ListGroupsOfUserError } from "./group-errors.ts";
import { decodeGroupId, decodeGroupQuery, decodeMemberIds, decodeMemberQuery } from "./group-input.ts";
import { existingGroup } from "./groups.ts";

export interface MembershipsPorts extends ChangePorts {
  /** Marks cursors, so that only those given out are taken back. */
  readonly cursorKey: KeyObject;
}

type ChangeMembers = (
  scope: CallScope,
  id: string,
  userIds: readonly string[],
) => Effect.Effect<number, ChangeMembersError>;

/** Many groups, and who is in them. */
export interface Memberships {
  readonly list: (scope: CallScope, query?: GroupQuery) => Effect.Effect<Page<Group>, ListGroupsError>;
  readonly listOfUser: (
    scope: CallScope,
    userId: string,
    query?: MemberQuery,
  ) => Effect.Effect<Page<Group>, ListGroupsOfUserError>;
  readonly listMembers: (
    scope: CallScope,
    id: string,
    query?: MemberQuery,
  ) => Effect.Effect<Page<UserView>, FindGroupError>;
  readonly addMembers: ChangeMembers;
  readonly removeMembers: ChangeMembers;
}

/** Where a capped count stops. */
const countCap = 1_000;

export const makeMemberships = ({ clock, ids, cursorKey }: MembershipsPorts): Memberships => {
  const pageOfGroups = Effect.fnUntraced(function* (scope: CallScope, filter: GroupFilter, query: MemberQuery) {
    const { storage, tenant } = scope;
    const page = yield* forwardPage({
      cursorKey,
      context: { tenant, list: "groups", filter: JSON.stringify(filter), sort: "name asc" },
      cursor: query.cursor,
      limit: query.limit ?? defaultPageSize,
      rows: (after, limit) =>
        storage.groups.list(tenant, {
          ...filter,
          limit,
          ...(after !== undefined && { after: { key: String(after.key), id: after.id } }),
        }),
      placeOf: ({ name, id }) => ({ key: comparable(name), id }),
    });
    const total = yield* totalOf(query.total, (atMost) => storage.groups.count(tenant, filter, atMost));
    return { ...page, total };
  });

  /** Those who came or went are told of one by one: each is an event of that user's. */
  const tell = (
    { audit }: Stores,
    { tenant, actor }: CallScope,
    type: AuditEventType,
    id: string,
    userIds: readonly string[],
    at: Date,
  ) =>
    Effect.forEach(
      userIds,
      (userId) =>
        audit.append(tenant, {
          id: ids.next(),
          at,
          type,
          actor: auditActor(actor),
          userId,
          sessionId: null,
          changes: [id],
        }),
      { discard: true },
    );

  return {
    list: Effect.fnUntraced(function* (scope, query = {}) {
      yield* require(scope.actor, "groups.list");
      const { limit, cursor, total, ...filter } = yield* decodeGroupQuery(query);
      return yield* pageOfGroups(scope, filter, {
        ...(limit !== undefined && { limit }),
        ...(cursor !== undefined && { cursor }),
        ...(total !== undefined && { total }),
      });
    }),

    listOfUser: Effect.fnUntraced(function* (scope, userId, query = {}) {
      yield* decodeUserId(userId, "userId");
      yield* require(scope.actor, "groups.list_of_user", { id: userId, ownerId: null });
      const request = yield* decodeMemberQuery(query);
      yield* existing(scope.storage, scope.tenant, userId);
      return yield* pageOfGroups(scope, { memberId: userId }, request);
    }),

    listMembers: Effect.fnUntraced(function* (scope, id, query = {}) {
      const { storage, tenant, actor } = scope;
      yield* require(actor, "groups.list_members");
      yield* decodeGroupId(id, "id");
      const request = yield* decodeMemberQuery(query);
      yield* existingGroup(storage, tenant, id);
      const page = yield* forwardPage({
        cursorKey,
        context: { tenant, list: "members", filter: JSON.stringify(id), sort: "id asc" },
        cursor: request.cursor,
        limit: request.limit ?? defaultPageSize,
        rows: (after, limit) =>
          storage.groups.listMembers(tenant, id, { limit, ...(after !== undefined && { afterUserId: after.id }) }),
        placeOf: (userId) => ({ key: 0, id: userId }),
      });
      const users = yield* usersWith(storage, tenant, page.items);
      const total = yield* totalOf(request.total, (atMost) => storage.groups.countMembers(tenant, id, atMost));
      return { ...page, items: users.map((user) => viewOf(actor, user)), total };
    }),

    addMembers: Effect.fn("Groups.addMembers")(function* (scope, id, userIds) {
      yield* require(scope.actor, "groups.add_members");
      yield* decodeGroupId(id, "id");
      const given = [...new Set(yield* decodeMemberIds(userIds, "userIds"))];
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          yield* existingGroup(stores, scope.tenant, id);
          yield* requireUsers(stores, scope.tenant, given);
          const added = yield* stores.groups.addMembers(scope.tenant, id, given, at);
          yield* tell(stores, scope, "membership.added", id, added, at);
          return added.length;
        }),
      );
    }),

    removeMembers: Effect.fn("Groups.removeMembers")(function* (scope, id, userIds) {
      yield* require(scope.actor, "groups.remove_members");
      yield* decodeGroupId(id, "id");
      const given = yield* decodeMemberIds(userIds, "userIds");
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          yield* existingGroup(stores, scope.tenant, id);
          const removed = yield* stores.groups.removeMembers(scope.tenant, id, given);
          yield* tell(stores, scope, "membership.removed", id, removed, at);
          return removed.length;
        }),
      );
    }),
  };
};

/** UserNotFound unless there are users with all of these ids, each given once. */
export const requireUsers: (
  stores: Pick<Stores, "users">,
  tenant: string,
  ids: readonly string[],
) => Effect.Effect<void, UserNotFound | StoreUnavailable> = Effect.fnUntraced(function* ({ users }, tenant, ids) {
  if (ids.length === 0) return;
  const count = yield* users.count(tenant, { kind: "oneOf", field: "id", values: ids });
  if (count !== ids.length) return yield* new UserNotFound();
});

/** In the order of the ids. */
const usersWith = Effect.fnUntraced(function* (
  { users }: Pick<Stores, "users">,
  tenant: string,
  ids: readonly string[],
) {
  if (ids.length === 0) return [];
  const found = yield* users.list(tenant, {
    where: { kind: "oneOf", field: "id", values: ids },
    sortBy: "createdAt",
    descending: false,
    limit: ids.length,
  });
  const byId = new Map(found.map((user) => [user.id, user]));
  return ids.flatMap((id): User | readonly User[] => byId.get(id) ?? []);
});

const totalOf = (
  mode: TotalMode = "none",
  count: (atMost?: number) => Effect.Effect<number, StoreUnavailable>,
): Effect.Effect<Total | null, StoreUnavailable> => {
  if (mode === "none") return Effect.succeed(null);
  if (mode === "exact") return Effect.map(count(), (found) => ({ count: found, exact: true }));
  return Effect.map(count(countCap + 1), (found) => ({ count: Math.min(found, countCap), exact: found <= countCap }));
};
