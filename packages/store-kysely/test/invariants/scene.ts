import type { Storage, StoreUnavailable } from "@muster/core/ports";
import { aGroup, aHash, anAuditEvent, aRotation, aSession, aUser, changed, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";

const jane = aUser({
  id: "jane",
  username: "Jane",
  email: "jane@x.test",
  firstName: "Jane",
  tags: ["blue"],
  metadata: { team: { name: "one" } },
});
const john = aUser({ id: "john", username: "john", status: "pending", ownerId: "jane" });
const joan = aUser({ id: "joan", username: "joan@x.test", email: "joan@x.test", role: "admin" });

/** Users as use cases leave them, in two tenants: sessions live and ended, and an audit log that tells of every change. */
export const fillWithUsers = (storage: Storage): Effect.Effect<void, unknown> =>
  Effect.forEach(["acme", "other"], (tenant) =>
    storage.transact(({ users, credentials, sessions, groups, grants, audit }) =>
      Effect.gen(function* () {
        const tell = (type: "user.created" | "user.updated" | "user.disabled", userId: string) =>
          audit.append(tenant, anAuditEvent({ type, userId }));
        for (const user of [jane, john, joan]) {
          yield* users.insert(tenant, user);
          yield* credentials.put(tenant, user.id, "hash", moment());
          yield* tell("user.created", user.id);
        }
        const session = aSession("jane", { id: "janes session" });
        yield* sessions.insert(tenant, session, "hash");
        yield* sessions.rotate(tenant, aRotation(session.id, { successorHash: aHash(3) }));
        yield* users.update(tenant, jane, changed(jane, { lastName: "Doe", tags: ["red", "blue"] }));
        yield* tell("user.updated", "jane");
        yield* sessions.insert(tenant, aSession("joan", { id: "joans session" }), "hash");
        yield* users.update(tenant, joan, changed(joan, { status: "disabled" }));
        yield* sessions.revokeAll(tenant, "joan", moment(5));
        yield* tell("user.disabled", "joan");
        yield* users.recordLogin(tenant, "jane", moment(7));
        for (const [id, parentId] of [
          ["top", null],
          ["middle", "top"],
          ["bottom", "middle"],
        ] as const) {
          yield* groups.insert(tenant, aGroup({ id, parentId }), 20);
        }
        yield* groups.addMembers(tenant, "bottom", ["jane"], moment());
        const location = { resourceType: "location", resourceId: "17", permission: "view" };
        yield* grants.insert(
          tenant,
          [
            { userId: "jane", ...location },
            { groupId: "top", ...location },
          ],
          moment(),
        );
      }),
    ),
  );

/** What a look through a database finds. */
export const lookThrough = (storage: Storage): Effect.Effect<readonly string[], StoreUnavailable> =>
  storage.brokenInvariants?.() ?? Effect.die("This store cannot be looked through.");
