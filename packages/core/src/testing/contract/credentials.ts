import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { aUser, changed, moment } from "../a-user.ts";
import { type Room, tenant } from "./room.ts";

/** Password hashes, apart from their users. */
export const credentials: Room = {
  about: "credentials",
  cases: {
    "a user has no password until one is put": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "Jane" });
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.none());
      const candidate = { userId: jane.id, status: "enabled", passwordHash: null };
      assert.deepEqual(yield* storage.credentials.findCandidate(tenant, "jane"), Option.some(candidate));
    }),

    "the hash put last is the one found": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "Jane", email: "Jane@x.test" });
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      yield* storage.transact(({ credentials }) => credentials.put(tenant, jane.id, "$argon2id$first", moment()));
      yield* storage.transact(({ credentials }) => credentials.put(tenant, jane.id, "$argon2id$second", moment(1)));
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.some("$argon2id$second"));
      const candidate = { userId: jane.id, status: "enabled", passwordHash: "$argon2id$second" };
      assert.deepEqual(yield* storage.credentials.findCandidate(tenant, "jane"), Option.some(candidate));
      assert.deepEqual(yield* storage.credentials.findCandidate(tenant, "jane@x.test"), Option.some(candidate));
      assert.deepEqual(yield* storage.credentials.findCandidate("other", "jane"), Option.none());
      assert.deepEqual(yield* storage.credentials.find("other", jane.id), Option.none());
      assert.deepEqual(yield* storage.credentials.findCandidate(tenant, "nobody"), Option.none());
    }),

    "a candidate comes with the status of the moment": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "jane" });
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      yield* storage.transact(({ users }) => users.update(tenant, jane, changed(jane, { status: "disabled" })));
      const candidate = yield* storage.credentials.findCandidate(tenant, "jane");
      assert.equal(Option.getOrUndefined(candidate)?.status, "disabled");
    }),

    "a hash is replaced only if it still is the expected one": Effect.fnUntraced(function* (storage) {
      const jane = aUser();
      const replace = (where: string, expected: string, hash: string) =>
        storage.transact(({ credentials }) => credentials.replace(where, jane.id, expected, hash, moment()));
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      assert.equal(yield* replace(tenant, "old", "new"), false);
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.none());
      yield* storage.transact(({ credentials }) => credentials.put(tenant, jane.id, "old", moment()));
      assert.equal(yield* replace(tenant, "OLD", "new"), false);
      assert.equal(yield* replace("other", "old", "new"), false);
      assert.equal(yield* replace(tenant, "old", "new"), true);
      assert.equal(yield* replace(tenant, "old", "newer"), false);
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.some("new"));
    }),

    "a user is left without a password": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [aUser(), aUser()];
      const remove = (where: string) => storage.transact(({ credentials }) => credentials.remove(where, jane.id));
      for (const user of [jane, john]) {
        yield* storage.transact(({ users }) => users.insert(tenant, user));
        yield* storage.transact(({ credentials }) => credentials.put(tenant, user.id, "hash", moment()));
      }
      assert.equal(yield* remove("other"), false);
      assert.equal(yield* remove(tenant), true);
      assert.equal(yield* remove(tenant), false);
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.none());
      assert.deepEqual(yield* storage.credentials.find(tenant, john.id), Option.some("hash"));
      assert.equal(Option.isSome(yield* storage.users.find(tenant, jane.id)), true);
    }),

    "hashes are walked over in the order of their users' ids, each once, of one tenant": Effect.fnUntraced(
      function* (storage) {
        const ids = ["b", "B", "a-2", "a", "a.1", "c"];
        const people = [...ids, "without"].map((id, index) => aUser({ id, username: `user-${index}`, email: null }));
        for (const where of [tenant, "other"]) {
          for (const person of people.slice(where === tenant ? 0 : 5)) {
            yield* storage.transact(({ users }) => users.insert(where, person));
            if (person.id === "without") continue;
            const hash = `${where} ${person.id}`;
            yield* storage.transact(({ credentials }) => credentials.put(where, person.id, hash, moment()));
          }
        }
        const expected = ["B", "a", "a-2", "a.1", "b", "c"].map((userId) => ({
          userId,
          passwordHash: `${tenant} ${userId}`,
        }));
        const pageAfter = (after: string | null, limit: number) => storage.credentials.listAfter(tenant, after, limit);
        assert.deepEqual(yield* pageAfter(null, 10), expected);
        assert.deepEqual(yield* pageAfter(null, 2), expected.slice(0, 2));
        assert.deepEqual(yield* pageAfter("a", 3), expected.slice(2, 5));
        assert.deepEqual(yield* pageAfter("a-1", 1), expected.slice(2, 3));
        assert.deepEqual(yield* pageAfter("c", 10), []);
        assert.deepEqual(yield* storage.credentials.listAfter("nobody", null, 10), []);
      },
    ),

    "a changed user keeps the password": Effect.fnUntraced(function* (storage) {
      const jane = aUser();
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      yield* storage.transact(({ credentials }) => credentials.put(tenant, jane.id, "hash", moment()));
      yield* storage.transact(({ users }) => users.update(tenant, jane, changed(jane, { username: "janet" })));
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.some("hash"));
    }),
  },
};
