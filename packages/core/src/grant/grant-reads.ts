import type { KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import { require } from "../authorization/policy.ts";
import { InvalidInput } from "../errors.ts";
import { decodeGroupId } from "../group/group-input.ts";
import { existingGroup } from "../group/groups.ts";
import { forwardPage } from "../kernel/forward-page.ts";
import { defaultPageSize } from "../kernel/page-request.ts";
import type { Page } from "../muster.ts";
import { existing } from "../user/change-user.ts";
import { decodeUserId } from "../user/user-input.ts";
import type { Grant, Grantee, GrantQuery, PermissionOn, Resource, ResourceQuery } from "./grant.ts";
import type { CheckGrantsError, ListGrantsOfGroupError, ListGrantsOfUserError } from "./grant-errors.ts";
import { decodeGrantQuery, decodeQuestions, decodeResource, decodeResourceQuery, undeclared } from "./grant-input.ts";
import type { PermissionRules } from "./permission-rules.ts";

export interface GrantReadsPorts {
  readonly rules: PermissionRules;
  /** Marks cursors, so that only those given out are taken back. */
  readonly cursorKey: KeyObject;
}

/** Who may do what. */
export interface GrantReads {
  readonly listOfUser: (
    scope: CallScope,
    userId: string,
    query?: GrantQuery,
  ) => Effect.Effect<Page<Grant>, ListGrantsOfUserError>;
  readonly listOfGroup: (
    scope: CallScope,
    groupId: string,
    query?: GrantQuery,
  ) => Effect.Effect<Page<Grant>, ListGrantsOfGroupError>;
  readonly listOn: (
    scope: CallScope,
    resource: Resource,
    query?: GrantQuery,
  ) => Effect.Effect<Page<Grant>, CheckGrantsError>;
  readonly check: (
    scope: CallScope,
    userId: string,
    question: PermissionOn,
  ) => Effect.Effect<boolean, CheckGrantsError>;
  readonly checkMany: (
    scope: CallScope,
    userId: string,
    questions: readonly PermissionOn[],
  ) => Effect.Effect<readonly boolean[], CheckGrantsError>;
  readonly listResources: (
    scope: CallScope,
    query: ResourceQuery,
  ) => Effect.Effect<readonly string[], CheckGrantsError>;
}

export const makeGrantReads = ({ rules, cursorKey }: GrantReadsPorts): GrantReads => {
  const pageOf = Effect.fnUntraced(function* (scope: CallScope, grantee: Grantee, query: GrantQuery) {
    const { storage, tenant } = scope;
    const page = yield* forwardPage({
      cursorKey,
      context: { tenant, list: "grants of", filter: JSON.stringify(grantee), sort: "resource asc" },
      cursor: query.cursor,
      limit: query.limit ?? defaultPageSize,
      rows: (after, limit) =>
        storage.grants.listOf(tenant, grantee, { limit, ...(after !== undefined && { after: permissionAt(after) }) }),
      placeOf: ({ resourceType, resourceId, permission }) => ({ key: `${resourceType} ${permission}`, id: resourceId }),
    });
    return { ...page, total: null };
  });

  const mayAsk = (scope: CallScope, userId: string) =>
    Effect.andThen(decodeUserId(userId, "userId"), require(scope.actor, "grants.check", { id: userId, ownerId: null }));

  return {
    listOfUser: Effect.fnUntraced(function* (scope, userId, query = {}) {
      yield* decodeUserId(userId, "userId");
      yield* require(scope.actor, "grants.list_of_user", { id: userId, ownerId: null });
      const request = yield* decodeGrantQuery(query);
      yield* existing(scope.storage, scope.tenant, userId);
      return yield* pageOf(scope, { userId }, request);
    }),

    listOfGroup: Effect.fnUntraced(function* (scope, groupId, query = {}) {
      yield* require(scope.actor, "grants.list_of_group");
      yield* decodeGroupId(groupId, "groupId");
      const request = yield* decodeGrantQuery(query);
      yield* existingGroup(scope.storage, scope.tenant, groupId);
      return yield* pageOf(scope, { groupId }, request);
    }),

    listOn: Effect.fnUntraced(function* (scope, input, query = {}) {
      const { storage, tenant } = scope;
      yield* require(scope.actor, "grants.list_on_resource");
      const resource = yield* decodeResource(input);
      const request = yield* decodeGrantQuery(query);
      const page = yield* forwardPage({
        cursorKey,
        context: { tenant, list: "grants on", filter: JSON.stringify(resource), sort: "grantee asc" },
        cursor: request.cursor,
        limit: request.limit ?? defaultPageSize,
        rows: (after, limit) =>
          storage.grants.listOn(tenant, resource, { limit, ...(after !== undefined && { after: granteeAt(after) }) }),
        placeOf: (grant) =>
          "userId" in grant
            ? { key: `user ${grant.permission}`, id: grant.userId }
            : { key: `group ${grant.permission}`, id: grant.groupId },
      });
      return { ...page, total: null };
    }),

    check: Effect.fnUntraced(function* (scope, userId, input) {
      yield* mayAsk(scope, userId);
      const [question] = yield* decodeQuestions(rules, [input]);
      if (question === undefined) return false;
      const permissions = rules.impliedBy(question.resourceType, question.permission);
      return yield* scope.storage.grants.has(scope.tenant, userId, question, permissions);
    }),

    checkMany: Effect.fnUntraced(function* (scope, userId, input) {
      yield* mayAsk(scope, userId);
      const questions = yield* decodeQuestions(rules, input);
      const types = new Set(questions.map(({ resourceType }) => resourceType));
      const ids = new Set(questions.map(({ resourceId }) => resourceId));
      const found = yield* scope.storage.grants.findAll(scope.tenant, userId, [...types], [...ids]);
      const had = new Set(found.map(textOf));
      return questions.map(({ resourceType, resourceId, permission }) =>
        rules
          .impliedBy(resourceType, permission)
          .some((giver) => had.has(textOf({ resourceType, resourceId, permission: giver }))),
      );
    }),

    listResources: Effect.fnUntraced(function* (scope, input) {
      const { userId, resourceType, permission, after, limit = 100 } = yield* decodeResourceQuery(input);
      yield* mayAsk(scope, userId);
      const issues = undeclared(rules, { resourceType, permission });
      if (issues.length > 0) return yield* new InvalidInput({ issues });
      return yield* scope.storage.grants.listReach(scope.tenant, userId, {
        resourceType,
        permissions: rules.impliedBy(resourceType, permission),
        limit,
        ...(after !== undefined && { after }),
      });
    }),
  };
};

/** No part holds a space. */
const textOf = ({ resourceType, resourceId, permission }: PermissionOn): string =>
  `${resourceType} ${resourceId} ${permission}`;

interface At {
  readonly key: string | number;
  readonly id: string;
}

const permissionAt = ({ key, id }: At): PermissionOn => {
  const [resourceType = "", permission = ""] = String(key).split(" ");
  return { resourceType, resourceId: id, permission };
};

const granteeAt = ({ key, id }: At): Grantee & { readonly permission: string } => {
  const [kind, permission = ""] = String(key).split(" ");
  return kind === "user" ? { userId: id, permission } : { groupId: id, permission };
};
