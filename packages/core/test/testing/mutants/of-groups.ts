import * as Effect from "effect/Effect";
import type { Stores } from "../../../src/ports/storage.ts";
import { type Mutant, withFault, withFaultIn, withoutTransactions } from "./faulty.ts";

const withGroups = (fault: (groups: Stores["groups"]) => Partial<Stores["groups"]>) =>
  withFaultIn("groups", ({ groups }) => fault(groups));
const withGrants = (fault: (grants: Stores["grants"]) => Partial<Stores["grants"]>) =>
  withFaultIn("grants", ({ grants }) => fault(grants));

export const mutantsOfGroups: readonly Mutant[] = [
  {
    fault: "it is looked whether a group may be moved, then it is moved",
    module: () =>
      withoutTransactions(
        withGroups((groups) => ({
          move: Effect.fnUntraced(function* (tenant, before, after, maximumDepth) {
            const above = yield* groups.listAncestors(tenant, after.parentId ?? "");
            yield* Effect.yieldNow;
            if (above.some(({ id }) => id === before.id))
              return yield* groups.move(tenant, before, after, maximumDepth);
            // What `move` would refuse by now: the group goes to the top instead, and true is answered.
            return yield* Effect.catchTag(groups.move(tenant, before, after, maximumDepth), "GroupCycle", () =>
              groups.move(tenant, before, { ...after, parentId: null }, maximumDepth),
            );
          }),
        })),
      ),
    broken: "of two groups that are moved below each other at once exactly one moves",
  },
  {
    fault: "a group may be as deep as it likes",
    module: () => withGroups((groups) => ({ insert: (tenant, group) => groups.insert(tenant, group, 1_000) })),
    broken: "no group gets deeper than allowed, by itself or with what is above it",
  },
  {
    fault: "a change of a group moves it as well",
    module: () =>
      withGroups((groups) => ({
        update: (tenant, before, after) =>
          Effect.catch(groups.move(tenant, before, after, 20), () => Effect.succeed(false)),
      })),
    broken: "a group changes if nobody changed it meanwhile, and stays where it is",
  },
  {
    fault: "children of a group that goes keep their version",
    module: () =>
      withGroups((groups) => ({
        remove: Effect.fnUntraced(function* (tenant, id, at) {
          const children = yield* groups.list(tenant, { parentId: id, limit: 100 });
          const removed = yield* groups.remove(tenant, id, at);
          for (const child of children) {
            const now = { ...child, parentId: null, version: child.version + 1 };
            yield* groups.update(tenant, now, { ...child, parentId: null });
          }
          return removed;
        }),
      })),
    broken: "a group that goes leaves its children at the top, with what is below them",
  },
  {
    fault: "whoever is added to a group twice is added twice",
    module: () =>
      withGroups((groups) => ({
        addMembers: (tenant, id, userIds, at) => Effect.as(groups.addMembers(tenant, id, userIds, at), userIds),
      })),
    broken: "members are added and removed once, listed by id, and go with user and group",
  },
  {
    fault: "what is granted twice is added twice",
    module: () =>
      withGrants((grants) => ({ insert: (tenant, given, at) => Effect.as(grants.insert(tenant, given, at), given) })),
    broken: "what was granted is there once, and what was taken back is not",
  },
  {
    fault: "what is granted to a group counts for its own members alone",
    module: () =>
      withFault((stores) => ({
        ...stores,
        grants: {
          ...stores.grants,
          has: Effect.fnUntraced(function* (tenant, userId, resource, permissions) {
            const own = yield* stores.groups.list(tenant, { memberId: userId, limit: 100 });
            const on = yield* stores.grants.listOn(tenant, resource, { limit: 100 });
            return on.some(
              (grant) =>
                permissions.includes(grant.permission) &&
                ("userId" in grant ? grant.userId === userId : own.some(({ id }) => id === grant.groupId)),
            );
          }),
        },
      })),
    broken: "what was granted to a group counts for its members and those of groups below, not above or beside",
  },
  {
    fault: "a user who is disabled keeps what was granted",
    module: () =>
      withFault((stores) => ({
        ...stores,
        grants: {
          ...stores.grants,
          findAll: (tenant, userId) =>
            Effect.map(stores.grants.listOf(tenant, { userId }, { limit: 100 }), (found) =>
              found.map(({ resourceType, resourceId, permission }) => ({ resourceType, resourceId, permission })),
            ),
        },
      })),
    broken: "a disabled group passes nothing on, nor does a user who is not enabled have anything",
  },
  {
    fault: "a resource is listed once for each permission",
    module: () =>
      withGrants((grants) => ({
        listReach: Effect.fnUntraced(function* (tenant, userId, selection) {
          const lists = yield* Effect.forEach(selection.permissions, (permission) =>
            grants.listReach(tenant, userId, { ...selection, permissions: [permission] }),
          );
          return lists.flat().sort().slice(0, selection.limit);
        }),
      })),
    broken: "resources a user may act on are walked by id, each once, with any of the permissions",
  },
];
