import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { everyone, type UserCondition } from "../../user/user-condition.ts";
import { aUser } from "../a-user.ts";
import { type Room, tenant } from "./room.ts";

/** Counting users. */
export const counts: Room = {
  about: "counts",
  cases: {
    "an empty tenant counts nobody": Effect.fnUntraced(function* (storage) {
      assert.equal(yield* storage.users.count(tenant, everyone), 0);
      assert.equal(yield* storage.users.count(tenant, everyone, 10), 0);
    }),

    "a count counts the users of the tenant that meet the condition, each once": Effect.fnUntraced(function* (storage) {
      const people = Array.from({ length: 12 }, (_, number) =>
        aUser({ tags: ["every", number % 3 === 0 ? "third" : "other"], email: `user${number}@x.test` }),
      );
      yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
      yield* storage.transact(({ users }) => users.insert("other", aUser({ tags: ["every", "third"] })));
      const tagged = (...tags: string[]): UserCondition => ({ kind: "tags", match: "any", tags });
      assert.equal(yield* storage.users.count(tenant, everyone), 12);
      assert.equal(yield* storage.users.count(tenant, tagged("third")), 4);
      assert.equal(yield* storage.users.count(tenant, tagged("third", "every", "other")), 12);
      assert.equal(yield* storage.users.count(tenant, tagged("no such tag")), 0);
    }),

    "a count with a cap stops there": Effect.fnUntraced(function* (storage) {
      const people = Array.from({ length: 12 }, () => aUser());
      yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
      assert.equal(yield* storage.users.count(tenant, everyone, 5), 5);
      assert.equal(yield* storage.users.count(tenant, everyone, 12), 12);
      assert.equal(yield* storage.users.count(tenant, everyone, 13), 12);
    }),
  },
};
