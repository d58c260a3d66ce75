import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { aUser, changed, moment } from "../a-user.ts";
import { aSession } from "../fixtures.ts";
import { errorOf, type Room, tenant } from "./room.ts";

const everyField = aUser({
  id: "A.b_c~d:e-1",
  username: "Jane.Doe",
  email: "Jane@Example.test",
  emailVerifiedAt: moment(1),
  firstName: "Jané",
  lastName: "O'Hara",
  displayName: "Jane ❤",
  phoneNumber: "+1 (555) 01-02",
  locale: "pt-BR",
  pictureUrl: "https://example.test/jane.png?a=1&b=%20",
  tags: ["zebra", "Apple", "apple", "10", "9"],
  metadata: { team: "blue", nested: { list: [1, "two", null, true, { three: 3.5 }] }, empty: {}, none: [] },
  privateMetadata: { note: "vip" },
  requiredActions: ["UPDATE_PROFILE", "ACCEPT_TERMS"],
  role: "admin",
  status: "pending",
  ownerId: "somebody-else",
  createdAt: moment(123),
  updatedAt: moment(456),
  updatedBy: "the-admin",
  version: 7,
  firstLoginAt: moment(2),
  lastLoginAt: moment(3),
  loginCount: 4,
});

/** Users as such: what is inserted, updated, removed and counted as a login. */
export const users: Room = {
  about: "users",
  cases: {
    "a user comes back as inserted, in every field": Effect.fnUntraced(function* (storage) {
      yield* storage.transact(({ users }) => users.insert(tenant, everyField));
      assert.deepEqual(yield* storage.users.find(tenant, everyField.id), Option.some(everyField));
    }),

    "absent fields come back absent": Effect.fnUntraced(function* (storage) {
      const bare = aUser({ username: null, email: "bare@example.test" });
      yield* storage.transact(({ users }) => users.insert(tenant, bare));
      assert.deepEqual(yield* storage.users.find(tenant, bare.id), Option.some(bare));
    }),

    "an id that nobody has finds nobody": Effect.fnUntraced(function* (storage) {
      assert.deepEqual(yield* storage.users.find(tenant, "nobody"), Option.none());
    }),

    "ids differ by case": Effect.fnUntraced(function* (storage) {
      const [lower, upper] = [aUser({ id: "abc", username: "one" }), aUser({ id: "ABC", username: "two" })];
      yield* storage.transact(({ users }) => Effect.andThen(users.insert(tenant, lower), users.insert(tenant, upper)));
      assert.deepEqual(yield* storage.users.find(tenant, "ABC"), Option.some(upper));
      assert.deepEqual(yield* storage.users.find(tenant, "abc"), Option.some(lower));
      assert.deepEqual(yield* storage.users.find(tenant, "Abc"), Option.none());
    }),

    "a second user with the same id is refused": Effect.fnUntraced(function* (storage) {
      const first = aUser({ id: "same", username: "first" });
      const second = aUser({ id: "same", username: "second" });
      yield* storage.transact(({ users }) => users.insert(tenant, first));
      const error = yield* errorOf(storage.transact(({ users }) => users.insert(tenant, second)));
      assert.equal(error._tag, "UserIdTaken");
      assert.deepEqual(yield* storage.users.find(tenant, "same"), Option.some(first));
      assert.deepEqual(yield* storage.users.findByIdentifier(tenant, "second"), Option.none());
    }),

    "another tenant sees nothing of a user and may use the same id": Effect.fnUntraced(function* (storage) {
      const here = aUser({ id: "same", firstName: "Here" });
      const there = aUser({ id: "same", firstName: "There" });
      yield* storage.transact(({ users }) => users.insert(tenant, here));
      assert.deepEqual(yield* storage.users.find("other", "same"), Option.none());
      assert.equal(yield* storage.transact(({ users }) => users.update("other", here, changed(here, {}))), false);
      yield* storage.transact(({ users }) => users.insert("other", there));
      assert.deepEqual(yield* storage.users.find(tenant, "same"), Option.some(here));
      assert.deepEqual(yield* storage.users.find("other", "same"), Option.some(there));
    }),

    "an update replaces every field but the sign-in facts": Effect.fnUntraced(function* (storage) {
      const before = aUser({ id: everyField.id, tags: ["old", "zebra"], status: "pending", metadata: { old: true } });
      yield* storage.transact(({ users }) => users.insert(tenant, before));
      const after = { ...everyField, createdAt: before.createdAt, version: 2 };
      assert.equal(yield* storage.transact(({ users }) => users.update(tenant, before, after)), true);
      const { firstLoginAt, lastLoginAt, loginCount } = before;
      const expected = { ...after, firstLoginAt, lastLoginAt, loginCount };
      assert.deepEqual(yield* storage.users.find(tenant, before.id), Option.some(expected));
    }),

    "an update clears every field that may be absent": Effect.fnUntraced(function* (storage) {
      yield* storage.transact(({ users }) => users.insert(tenant, everyField));
      const { id, role, status, createdAt, firstLoginAt, lastLoginAt, loginCount } = everyField;
      const kept = { id, role, status, createdAt, firstLoginAt, lastLoginAt, loginCount };
      const after = aUser({ ...kept, username: null, email: "bare@example.test", version: 8 });
      assert.equal(yield* storage.transact(({ users }) => users.update(tenant, everyField, after)), true);
      assert.deepEqual(yield* storage.users.find(tenant, id), Option.some(after));
    }),

    "an update from another version than the stored one answers false and changes nothing": Effect.fnUntraced(
      function* (storage) {
        const first = aUser();
        const second = changed(first, { firstName: "Second" });
        yield* storage.transact(({ users }) => users.insert(tenant, first));
        yield* storage.transact(({ users }) => users.update(tenant, first, second));
        const stale = changed(first, { firstName: "Stale", tags: ["stale"], username: "stale" });
        assert.equal(yield* storage.transact(({ users }) => users.update(tenant, first, stale)), false);
        assert.deepEqual(yield* storage.users.find(tenant, first.id), Option.some(second));
        assert.deepEqual(yield* storage.users.findByIdentifier(tenant, "stale"), Option.none());
      },
    ),

    "an update of nobody answers false": Effect.fnUntraced(function* (storage) {
      const nobody = aUser();
      assert.equal(yield* storage.transact(({ users }) => users.update(tenant, nobody, changed(nobody, {}))), false);
    }),

    "a login is counted without a new version": Effect.fnUntraced(function* (storage) {
      const jane = aUser();
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      yield* storage.transact(({ users }) => users.recordLogin(tenant, jane.id, moment(10)));
      yield* storage.transact(({ users }) => users.recordLogin(tenant, jane.id, moment(20)));
      const expected = { ...jane, firstLoginAt: moment(10), lastLoginAt: moment(20), loginCount: 2 };
      assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.some(expected));
    }),

    "a login between reading and writing a user does not get lost": Effect.fnUntraced(function* (storage) {
      const jane = aUser();
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      yield* storage.transact(({ users }) => users.recordLogin(tenant, jane.id, moment(10)));
      const after = changed(jane, { firstName: "Jane" });
      assert.equal(yield* storage.transact(({ users }) => users.update(tenant, jane, after)), true);
      const expected = { ...after, firstLoginAt: moment(10), lastLoginAt: moment(10), loginCount: 1 };
      assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.some(expected));
    }),

    "only a deleted user is removed": Effect.fnUntraced(function* (storage) {
      for (const status of ["pending", "enabled", "disabled"] as const) {
        const user = aUser({ status });
        yield* storage.transact(({ users }) => users.insert(tenant, user));
        assert.equal(yield* storage.transact(({ users }) => users.remove(tenant, user.id)), false);
        assert.deepEqual(yield* storage.users.find(tenant, user.id), Option.some(user));
      }
      assert.equal(yield* storage.transact(({ users }) => users.remove(tenant, "nobody")), false);
    }),

    "a removed user leaves nothing behind": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "jane", email: "jane@example.test", tags: ["blue"] });
      const session = aSession(jane.id);
      const gone = changed(jane, { status: "deleted" });
      yield* storage.transact(({ users, credentials, sessions }) =>
        Effect.gen(function* () {
          yield* users.insert(tenant, jane);
          yield* credentials.put(tenant, jane.id, "hash", moment());
          yield* sessions.insert(tenant, session, "hash");
          yield* users.recordLogin(tenant, jane.id, moment());
          yield* users.update(tenant, jane, gone);
        }),
      );
      assert.equal(yield* storage.transact(({ users }) => users.remove("other", jane.id)), false);
      assert.equal(yield* storage.transact(({ users }) => users.remove(tenant, jane.id)), true);
      assert.equal(yield* storage.transact(({ users }) => users.remove(tenant, jane.id)), false);
      assert.deepEqual(yield* storage.users.findByIdentifier(tenant, "jane@example.test"), Option.none());
      assert.deepEqual(yield* storage.credentials.find(tenant, jane.id), Option.none());
      assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.none());
      const successor = { ...jane, tags: [] };
      yield* storage.transact(({ users }) => users.insert(tenant, successor));
      assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.some(successor));
    }),
  },
};
