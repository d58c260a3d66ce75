import type { Storage } from "@muster/core/ports";
import * as Effect from "effect/Effect";

const permissions = ["view", "edit"];
const location = { resourceType: "location", resourceId: "r7" };

/** Everything that is read of groups and grants, on behalf of `u7` of `acme`. */
export const askOfAccess = ({ groups, grants }: Storage): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    yield* grants.has("acme", "u7", location, permissions);
    yield* grants.findAll("acme", "u7", ["location"], ["r1", "r2", "r7"]);
    for (const after of [{}, { after: "r2" }]) {
      yield* grants.listReach("acme", "u7", { resourceType: "location", permissions, limit: 50, ...after });
    }
    const on = { ...location, permission: "view" };
    for (const grantee of [{ userId: "u7" }, { groupId: "g7" }]) {
      yield* grants.listOf("acme", grantee, { limit: 50 });
      yield* grants.listOf("acme", grantee, { limit: 50, after: on });
      yield* grants.listOn("acme", location, { limit: 50, after: { ...grantee, permission: "view" } });
    }
    yield* groups.find("acme", "g7");
    yield* groups.listAncestors("acme", "g7");
    for (const filter of [{}, { parentId: null }, { parentId: "g0" }, { memberId: "u7" }]) {
      yield* groups.list("acme", { ...filter, limit: 50 });
      yield* groups.list("acme", { ...filter, limit: 50, after: { key: "g5", id: "g5" } });
    }
    yield* groups.listMembers("acme", "g7", { limit: 50 });
    yield* groups.listMembers("acme", "g7", { limit: 50, afterUserId: "u7" });
  });
