import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { StoredKey } from "../../ports/key-store.ts";
import type { Storage } from "../../ports/storage.ts";
import { moment } from "../a-user.ts";
import { aKey } from "../fixtures.ts";
import type { Room } from "./room.ts";

const insert = (storage: Storage, key: StoredKey) => storage.transact(({ keys }) => keys.insert(key));

/** Keys, made on first start and one after the other. */
export const keys: Room = {
  about: "keys",
  cases: {
    "a new database has no keys": Effect.fnUntraced(function* (storage) {
      assert.deepEqual(yield* storage.keys.list(), []);
    }),

    "the first key of a purpose is kept, a second one is not": Effect.fnUntraced(function* (storage) {
      const signing = aKey({
        purpose: "access_token",
        secretJwk: '{"kty":"OKP","d":"é\\"\\\\"}',
        createdAt: moment(2),
        activeAt: moment(5),
      });
      const cursor = aKey({ purpose: "cursor", createdAt: moment(1) });
      assert.equal(yield* insert(storage, signing), true);
      assert.equal(yield* insert(storage, aKey({ purpose: "access_token" })), false);
      assert.equal(yield* insert(storage, cursor), true);
      assert.deepEqual(yield* storage.keys.list(), [cursor, signing]);
    }),

    "a key is followed by one key of its purpose, also when it is gone itself": Effect.fnUntraced(function* (storage) {
      const first = aKey();
      const second = aKey({ follows: first.id, createdAt: moment(1) });
      const ofAnother = aKey({ follows: first.id, purpose: "cursor", createdAt: moment(2) });
      assert.equal(yield* insert(storage, first), true);
      assert.equal(yield* insert(storage, second), true);
      assert.equal(yield* insert(storage, aKey({ follows: first.id })), false);
      assert.equal(yield* insert(storage, ofAnother), true);
      assert.equal(yield* storage.transact(({ keys }) => keys.remove(first.id)), true);
      assert.equal(yield* insert(storage, aKey({ follows: first.id })), false);
      assert.deepEqual(yield* storage.keys.list(), [second, ofAnother]);
    }),

    "a key is removed once, and no other one with it": Effect.fnUntraced(function* (storage) {
      const [first, second] = [aKey(), aKey({ purpose: "cursor" })];
      yield* insert(storage, first);
      yield* insert(storage, second);
      const remove = () => storage.transact(({ keys }) => keys.remove(first.id));
      assert.equal(yield* remove(), true);
      assert.equal(yield* remove(), false);
      assert.deepEqual(yield* storage.keys.list(), [second]);
    }),

    "the text of a key is replaced if it is still the one that was read": Effect.fnUntraced(function* (storage) {
      const [key, other] = [
        aKey({ secretJwk: "a" }),
        aKey({ secretJwk: "a", purpose: "cursor", createdAt: moment(1) }),
      ];
      yield* insert(storage, key);
      yield* insert(storage, other);
      const replace = (from: string, to: string) =>
        storage.transact(({ keys }) => keys.replaceSecret(key.id, from, to));
      assert.equal(yield* replace("a", "b"), true);
      assert.equal(yield* replace("a", "c"), false);
      assert.deepEqual(yield* storage.keys.list(), [{ ...key, secretJwk: "b" }, other]);
    }),
  },
};
