import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoredOneTimeToken } from "../../ports/one-time-token-store.ts";
import type { Storage } from "../../ports/storage.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aHash, aOneTimeToken } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const insertUser = Effect.fnUntraced(function* (storage: Storage, where = tenant) {
  const user = aUser();
  yield* storage.transact(({ users }) => users.insert(where, user));
  return user;
});

const insert = (storage: Storage, token: StoredOneTimeToken, where = tenant) =>
  storage.transact(({ oneTimeTokens }) => oneTimeTokens.insert(where, token));

const consume = (
  storage: Storage,
  { hash, purpose }: Pick<StoredOneTimeToken, "hash" | "purpose">,
  now = moment(1),
  where = tenant,
) => storage.transact(({ oneTimeTokens }) => oneTimeTokens.consume(where, hash, purpose, now));

/** Tokens that work once. */
export const oneTimeTokens: Room = {
  about: "one-time tokens",
  cases: {
    "a token comes back as it was inserted, in its tenant only": Effect.fnUntraced(function* (storage) {
      const jane = yield* insertUser(storage);
      const token = aOneTimeToken(jane.id, { address: "Jäne+a@x.test", boundTo: aHash(200), purpose: "email_change" });
      yield* insert(storage, token);
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, token.hash), Option.some(token));
      assert.deepEqual(yield* storage.oneTimeTokens.find("other", token.hash), Option.none());
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, aHash(201)), Option.none());
    }),

    "a token is taken once, and then it is gone": Effect.fnUntraced(function* (storage) {
      const jane = yield* insertUser(storage);
      const [token, another] = [aOneTimeToken(jane.id), aOneTimeToken(jane.id)];
      yield* insert(storage, token);
      yield* insert(storage, another);
      assert.deepEqual(yield* consume(storage, token), Option.some(token));
      assert.deepEqual(yield* consume(storage, token), Option.none());
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, token.hash), Option.none());
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, another.hash), Option.some(another));
    }),

    "a token taken in a transaction that fails is there again": Effect.fnUntraced(function* (storage) {
      const token = aOneTimeToken((yield* insertUser(storage)).id);
      yield* insert(storage, token);
      yield* Effect.flip(
        storage.transact(({ oneTimeTokens }) =>
          Effect.andThen(
            oneTimeTokens.consume(tenant, token.hash, token.purpose, moment(1)),
            Effect.fail("changed its mind"),
          ),
        ),
      );
      assert.deepEqual(yield* consume(storage, token), Option.some(token));
    }),

    "a token is not taken for another purpose, in another tenant, or from its expiry on": Effect.fnUntraced(
      function* (storage) {
        const token = aOneTimeToken((yield* insertUser(storage)).id, { expiresAt: moment(100) });
        yield* insert(storage, token);
        assert.deepEqual(yield* consume(storage, { ...token, purpose: "email_verification" }), Option.none());
        assert.deepEqual(yield* consume(storage, token, moment(1), "other"), Option.none());
        assert.deepEqual(yield* consume(storage, token, moment(100)), Option.none());
        assert.deepEqual(yield* consume(storage, token, moment(101)), Option.none());
        assert.deepEqual(yield* consume(storage, token, moment(99)), Option.some(token));
      },
    ),

    "the newest token of a user and purpose is the one made last": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
      const newest = aOneTimeToken(jane.id, { createdAt: moment(20), expiresAt: moment(30) });
      yield* insert(storage, aOneTimeToken(jane.id, { createdAt: moment(10) }));
      yield* insert(storage, newest);
      yield* insert(storage, aOneTimeToken(jane.id, { createdAt: moment(15) }));
      yield* insert(storage, aOneTimeToken(jane.id, { createdAt: moment(40), purpose: "email_change" }));
      yield* insert(storage, aOneTimeToken(john.id, { createdAt: moment(50) }));
      const find = (where: string) => storage.oneTimeTokens.findNewest(where, jane.id, "password_reset");
      assert.deepEqual(yield* find(tenant), Option.some(newest));
      assert.deepEqual(yield* find("other"), Option.none());
      assert.deepEqual(yield* storage.oneTimeTokens.findNewest(tenant, jane.id, "email_verification"), Option.none());
    }),

    "all tokens of a user and purpose are removed, and no others": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
      const another = aOneTimeToken(jane.id, { purpose: "email_verification" });
      const johns = aOneTimeToken(john.id);
      for (const token of [aOneTimeToken(jane.id), aOneTimeToken(jane.id, { expiresAt: moment(1) }), another, johns]) {
        yield* insert(storage, token);
      }
      const removeAll = (where: string) =>
        storage.transact(({ oneTimeTokens }) => oneTimeTokens.removeAll(where, jane.id, "password_reset"));
      assert.equal(yield* removeAll("other"), 0);
      assert.equal(yield* removeAll(tenant), 2);
      assert.equal(yield* removeAll(tenant), 0);
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, another.hash), Option.some(another));
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, johns.hash), Option.some(johns));
    }),

    "the tokens of a user go with the user": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
      const [token, johns] = [aOneTimeToken(jane.id), aOneTimeToken(john.id)];
      yield* insert(storage, token);
      yield* insert(storage, johns);
      yield* storage.transact(({ users }) =>
        Effect.andThen(users.update(tenant, jane, changed(jane, { status: "deleted" })), users.remove(tenant, jane.id)),
      );
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, token.hash), Option.none());
      assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, johns.hash), Option.some(johns));
    }),

    "tokens that expired before an instant are removed from all tenants, so many at a time": Effect.fnUntraced(
      function* (storage) {
        const [jane, there] = [yield* insertUser(storage), yield* insertUser(storage, "other")];
        const onTheInstant = aOneTimeToken(jane.id, { expiresAt: moment(100) });
        const elsewhere = aOneTimeToken(there.id, { expiresAt: moment(20) });
        yield* insert(storage, aOneTimeToken(jane.id, { expiresAt: moment(10) }));
        yield* insert(storage, aOneTimeToken(jane.id, { expiresAt: moment(99) }));
        yield* insert(storage, onTheInstant);
        yield* insert(storage, elsewhere, "other");
        const remove = (limit: number) =>
          storage.transact(({ oneTimeTokens }) => oneTimeTokens.removeExpiredBefore(moment(100), limit));
        assert.equal(yield* remove(2), 2);
        assert.equal(yield* remove(2), 1);
        assert.equal(yield* remove(2), 0);
        assert.deepEqual(yield* storage.oneTimeTokens.find(tenant, onTheInstant.hash), Option.some(onTheInstant));
        assert.deepEqual(yield* storage.oneTimeTokens.find("other", elsewhere.hash), Option.none());
      },
    ),
  },
};
