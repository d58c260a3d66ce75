import * as Effect from "effect/Effect";
import type { AuditEventType } from "../audit/audit-event.ts";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { require } from "../authorization/policy.ts";
import { existingGroup } from "../group/groups.ts";
import { requireUsers } from "../group/memberships.ts";
import type { Stores } from "../ports/storage.ts";
import type { ChangePorts } from "../user/change-user.ts";
import type { Grant } from "./grant.ts";
import type { RemoveGrantsError, SetGrantsError } from "./grant-errors.ts";
import { decodeGrants } from "./grant-input.ts";
import type { PermissionRules } from "./permission-rules.ts";

export interface GrantsPorts extends ChangePorts {
  readonly rules: PermissionRules;
}

/** Permissions are given and taken back. */
export interface GrantCare {
  readonly set: (scope: CallScope, grants: readonly Grant[]) => Effect.Effect<number, SetGrantsError>;
  readonly remove: (scope: CallScope, grants: readonly Grant[]) => Effect.Effect<number, RemoveGrantsError>;
}

export const makeGrants = ({ clock, ids, rules }: GrantsPorts): GrantCare => {
  /** One event for each user and each group, which names what was given or taken back. */
  const tell = Effect.fnUntraced(function* (
    { audit }: Stores,
    { tenant, actor }: CallScope,
    verb: "added" | "removed",
    grants: readonly Grant[],
    at: Date,
  ) {
    for (const [grantee, changes] of byGrantee(grants)) {
      const { type, id } = grantee.startsWith("user ")
        ? { type: `grant.${verb}` as const, id: grantee.slice("user ".length) }
        : { type: `group.grant_${verb}` as const, id: grantee.slice("group ".length) };
      yield* audit.append(tenant, {
        id: ids.next(),
        at,
        type: type satisfies AuditEventType,
        actor: auditActor(actor),
        userId: id,
        sessionId: null,
        changes,
      });
    }
  });

  return {
    set: Effect.fn("Grants.set")(function* (scope, input) {
      yield* require(scope.actor, "grants.set");
      const grants = yield* decodeGrants(rules, input);
      const users = new Set(grants.flatMap((grant) => ("userId" in grant ? [grant.userId] : [])));
      const groups = new Set(grants.flatMap((grant) => ("groupId" in grant ? [grant.groupId] : [])));
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          yield* requireUsers(stores, scope.tenant, [...users]);
          for (const id of groups) yield* existingGroup(stores, scope.tenant, id);
          const added = yield* stores.grants.insert(scope.tenant, grants, at);
          yield* tell(stores, scope, "added", added, at);
          return added.length;
        }),
      );
    }),

    remove: Effect.fn("Grants.remove")(function* (scope, input) {
      yield* require(scope.actor, "grants.remove");
      const grants = yield* decodeGrants(rules, input);
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const removed = yield* stores.grants.remove(scope.tenant, grants);
          yield* tell(stores, scope, "removed", removed, at);
          return removed.length;
        }),
      );
    }),
  };
};

const byGrantee = (grants: readonly Grant[]): ReadonlyMap<string, readonly string[]> => {
  const all = new Map<string, string[]>();
  for (const grant of grants) {
    const grantee = "userId" in grant ? `user ${grant.userId}` : `group ${grant.groupId}`;
    const change = `${grant.permission} ${grant.resourceType} ${grant.resourceId}`;
    all.set(grantee, [...(all.get(grantee) ?? []), change]);
  }
  return all;
};
