import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Storage } from "../../ports/storage.ts";
import type { User } from "../../user/user.ts";
import { aUser, changed } from "../a-user.ts";
import { errorOf, forEachOf, type Room, type Scenario, tenant } from "./room.ts";

const insert = (storage: Storage, user: User) => storage.transact(({ users }) => users.insert(tenant, user));

const update = (storage: Storage, before: User, changes: Partial<User>) =>
  storage.transact(({ users }) => users.update(tenant, before, changed(before, changes)));

const holderOf = (storage: Storage, canonical: string) =>
  Effect.map(storage.users.findByIdentifier(tenant, canonical), (found) => Option.getOrUndefined(found)?.id);

type Names = Pick<User, "username" | "email">;
type Collision = readonly [sentence: string, held: Names, wanted: Names, error: "UsernameTaken" | "EmailTaken"];

const collisions: readonly Collision[] = [
  ["the same username", { username: "jane", email: null }, { username: "jane", email: null }, "UsernameTaken"],
  ["a username in other case", { username: "jane", email: null }, { username: "JaNe", email: null }, "UsernameTaken"],
  ["a full-width username", { username: "jane", email: null }, { username: "ｊａｎｅ", email: null }, "UsernameTaken"],
  [
    "a username with a Kelvin sign",
    { username: "kate", email: null },
    { username: "\u212Aate", email: null },
    "UsernameTaken",
  ],
  ["the same email", { username: null, email: "j@x.test" }, { username: null, email: "j@x.test" }, "EmailTaken"],
  [
    "an email in other case",
    { username: null, email: "j@x.test" },
    { username: null, email: "J@X.TEST" },
    "EmailTaken",
  ],
  [
    "an email with its domain in Punycode",
    { username: null, email: "j@münchen.test" },
    { username: null, email: "j@xn--mnchen-3ya.test" },
    "EmailTaken",
  ],
  [
    "an email composed otherwise",
    { username: null, email: "jos\u00e9@x.test" },
    { username: null, email: "jose\u0301@x.test" },
    "EmailTaken",
  ],
  [
    "a username that is an email of somebody",
    { username: null, email: "j@x.test" },
    { username: "J@x.test", email: null },
    "UsernameTaken",
  ],
  [
    "an email that is a username of somebody",
    { username: "j@x.test", email: null },
    { username: null, email: "J@X.test" },
    "EmailTaken",
  ],
  [
    "both names of somebody",
    { username: "jane", email: "j@x.test" },
    { username: "jane", email: "j@x.test" },
    "UsernameTaken",
  ],
];

const isRefused = ([, held, wanted, error]: Collision): Scenario =>
  Effect.fnUntraced(function* (storage) {
    const [first, second] = [aUser(held), aUser(wanted)];
    const bystander = aUser({ username: "bystander", email: "bystander@x.test" });
    yield* insert(storage, first);
    assert.equal((yield* errorOf(insert(storage, second)))._tag, error);
    assert.deepEqual(yield* storage.users.find(tenant, second.id), Option.none());
    yield* insert(storage, bystander);
    assert.equal((yield* errorOf(update(storage, bystander, wanted)))._tag, error);
    assert.deepEqual(yield* storage.users.find(tenant, bystander.id), Option.some(bystander));
    assert.equal(yield* holderOf(storage, "bystander@x.test"), bystander.id);
  });

/** The one space of usernames and emails: who holds which form, and who is refused. */
export const identifiers: Room = {
  about: "identifiers",
  cases: {
    ...forEachOf(collisions, ([sentence]) => `${sentence} is refused, on insert and on update`, isRefused),

    "a user is found by the canonical form of the username and of the email": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "Jane", email: "Jane@Example.test" });
      yield* insert(storage, jane);
      assert.deepEqual(yield* storage.users.findByIdentifier(tenant, "jane"), Option.some(jane));
      assert.deepEqual(yield* storage.users.findByIdentifier(tenant, "jane@example.test"), Option.some(jane));
      assert.deepEqual(yield* storage.users.findByIdentifier(tenant, "Jane"), Option.none());
      assert.deepEqual(yield* storage.users.findByIdentifier("other", "jane"), Option.none());
      assert.deepEqual(yield* storage.users.findByIdentifier(tenant, ""), Option.none());
    }),

    "when the username is taken by one and the email by another, the username is what is reported": Effect.fnUntraced(
      function* (storage) {
        yield* insert(storage, aUser({ username: "jane" }));
        yield* insert(storage, aUser({ username: "joe", email: "joe@x.test" }));
        const error = yield* errorOf(insert(storage, aUser({ username: "jane", email: "joe@x.test" })));
        assert.equal(error._tag, "UsernameTaken");
      },
    ),

    "a refused insert leaves nothing behind": Effect.fnUntraced(function* (storage) {
      yield* insert(storage, aUser({ username: "joe", email: "joe@x.test" }));
      const jane = aUser({ username: "jane", email: "joe@x.test", tags: ["blue"] });
      yield* errorOf(insert(storage, jane));
      assert.equal(yield* holderOf(storage, "jane"), undefined);
      const second = { ...jane, email: null, tags: [] };
      yield* insert(storage, second);
      assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.some(second));
    }),

    "a user may hold one form as username and email, and keeps it while one of the two is left": Effect.fnUntraced(
      function* (storage) {
        const jane = aUser({ username: "Jane@x.test", email: "jane@x.test" });
        yield* insert(storage, jane);
        assert.equal(yield* holderOf(storage, "jane@x.test"), jane.id);
        assert.equal(yield* update(storage, jane, { username: "jane" }), true);
        assert.equal(yield* holderOf(storage, "jane@x.test"), jane.id);
        assert.equal(yield* holderOf(storage, "jane"), jane.id);
      },
    ),

    "a user may trade username and email": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "one@x.test", email: "two@x.test" });
      yield* insert(storage, jane);
      assert.equal(yield* update(storage, jane, { username: "two@x.test", email: "one@x.test" }), true);
      assert.equal(yield* holderOf(storage, "one@x.test"), jane.id);
      assert.equal(yield* holderOf(storage, "two@x.test"), jane.id);
    }),

    "a user may respell the own names": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "jane", email: "jane@x.test" });
      yield* insert(storage, jane);
      assert.equal(yield* update(storage, jane, { username: "JANE", email: "Jane@x.test" }), true);
      const found = yield* storage.users.findByIdentifier(tenant, "jane");
      assert.equal(Option.getOrUndefined(found)?.username, "JANE");
    }),

    "names given up are free for others": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "jane", email: "jane@x.test" });
      yield* insert(storage, jane);
      assert.equal(yield* update(storage, jane, { username: "janet", email: null }), true);
      assert.equal(yield* holderOf(storage, "jane"), undefined);
      const successor = aUser({ username: "jane", email: "jane@x.test" });
      yield* insert(storage, successor);
      assert.equal(yield* holderOf(storage, "jane@x.test"), successor.id);
      assert.equal(yield* holderOf(storage, "janet"), jane.id);
    }),

    "the names of a deleted user stay reserved until it is removed": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ username: "jane" });
      yield* insert(storage, jane);
      yield* update(storage, jane, { status: "deleted" });
      assert.equal((yield* errorOf(insert(storage, aUser({ username: "jane" }))))._tag, "UsernameTaken");
      assert.equal(yield* holderOf(storage, "jane"), jane.id);
      yield* storage.transact(({ users }) => users.remove(tenant, jane.id));
      yield* insert(storage, aUser({ username: "jane" }));
    }),

    "the same names are free in another tenant": Effect.fnUntraced(function* (storage) {
      const names = { username: "jane", email: "jane@x.test" };
      const [here, there] = [aUser(names), aUser(names)];
      yield* insert(storage, here);
      yield* storage.transact(({ users }) => users.insert("other", there));
      assert.equal(yield* holderOf(storage, "jane"), here.id);
      assert.deepEqual(yield* storage.users.findByIdentifier("other", "jane"), Option.some(there));
    }),
  },
};
