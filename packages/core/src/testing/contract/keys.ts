import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import { moment } from "../a-user.ts";
import { aKey } from "../fixtures.ts";
import type { Room } from "./room.ts";

/** Keys made on first start. */
export const keys: Room = {
  about: "keys",
  cases: {
    "a new database has no keys": Effect.fnUntraced(function* (storage) {
      assert.deepEqual(yield* storage.keys.list(), []);
    }),

    "the first key of a purpose is kept, a second one is not": Effect.fnUntraced(function* (storage) {
      const insertFirst = (key: ReturnType<typeof aKey>) => storage.transact(({ keys }) => keys.insertFirst(key));
      const signing = aKey({
        purpose: "access_token",
        secretJwk: '{"kty":"OKP","d":"é\\"\\\\"}',
        createdAt: moment(2),
      });
      const cursor = aKey({ purpose: "cursor", createdAt: moment(1) });
      assert.equal(yield* insertFirst(signing), true);
      assert.equal(yield* insertFirst(aKey({ purpose: "access_token" })), false);
      assert.equal(yield* insertFirst(cursor), true);
      assert.deepEqual(yield* storage.keys.list(), [cursor, signing]);
    }),
  },
};
