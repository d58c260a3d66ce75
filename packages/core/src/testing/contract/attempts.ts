import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { AttemptKey, AttemptRule, AttemptState } from "../../ports/attempt-store.ts";
import type { Storage } from "../../ports/storage.ts";
import { moment } from "../a-user.ts";
import { aHash } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const callers = 50;

const any = new Uint8Array();
const key: AttemptKey = { login: aHash(1), address: aHash(2) };

/** A wait of a second from the third failure on, of four at most, of a hundred from the eighth on. */
const rule: AttemptRule = {
  from: 3,
  firstWaitMilliseconds: 1_000,
  longestWaitMilliseconds: 4_000,
  ceiling: 8,
  ceilingWaitMilliseconds: 100_000,
  forgetMilliseconds: 60_000,
};

const fail = (storage: Storage, at: number, of: AttemptKey = key, where = tenant) =>
  storage.transact(({ attempts }) => attempts.recordFailure(where, of, rule, moment(at)));

const succeed = (storage: Storage, at: number, familiarUntil = 1_000_000, of: AttemptKey = key, where = tenant) =>
  storage.transact(({ attempts }) => attempts.recordSuccess(where, of, moment(familiarUntil), moment(at)));

/** Fails as often as it may, each time when the wait is over; answers the waits. */
const failures = Effect.fnUntraced(function* (storage: Storage, count: number, of: AttemptKey = key) {
  const waits: number[] = [];
  let at = 0;
  for (let failure = 0; failure < count; failure++) {
    const { failures: counted, waitMilliseconds } = Option.getOrThrow(yield* fail(storage, at, of));
    assert.equal(counted, failure + 1);
    waits.push(waitMilliseconds);
    at += waitMilliseconds;
  }
  return { waits, at };
});

const found = (storage: Storage, of: AttemptKey = key, where = tenant) =>
  Effect.map(storage.attempts.find(where, of), (states) =>
    states
      .map(({ key: { login, address }, ...state }): Omit<AttemptState, "key"> & { of: string } => ({
        ...state,
        of: [login.length > 0 && "login", address.length > 0 && "address"].filter(Boolean).join(" and "),
      }))
      .sort((left, right) => (left.of < right.of ? -1 : 1)),
  );

/** Failed attempts, counted. */
export const attempts: Room = {
  about: "failed attempts",
  cases: {
    "failures in a row are counted, and make wait twice as long each time, up to a limit, and at the ceiling longest":
      Effect.fnUntraced(function* (storage) {
        const { waits } = yield* failures(storage, 9);
        assert.deepEqual(waits, [0, 0, 1_000, 2_000, 4_000, 4_000, 4_000, 100_000, 100_000]);
      }),

    "a failure during a wait is not counted, one at its end is": Effect.fnUntraced(function* (storage) {
      yield* failures(storage, 3);
      assert.deepEqual(yield* fail(storage, 0), Option.none());
      assert.deepEqual(yield* fail(storage, 999), Option.none());
      assert.equal((yield* found(storage))[0]?.failures, 3);
      assert.equal(Option.getOrThrow(yield* fail(storage, 1_000)).failures, 4);
    }),

    "failures are forgotten some time after the last wait, and not before": Effect.fnUntraced(function* (storage) {
      const { at } = yield* failures(storage, 4);
      assert.equal(Option.getOrThrow(yield* fail(storage, at + 59_999)).failures, 5);
      const other = { ...key, login: aHash(3) };
      const { at: then } = yield* failures(storage, 4, other);
      assert.deepEqual(Option.getOrThrow(yield* fail(storage, then + 60_000, other)), {
        key: other,
        failures: 1,
        failedAt: moment(then + 60_000),
        waitMilliseconds: 0,
        familiarUntil: null,
      });
    }),

    "a success forgets the failures and makes familiar, as long as it says": Effect.fnUntraced(function* (storage) {
      yield* failures(storage, 2);
      assert.equal(yield* succeed(storage, 5, 777), true);
      assert.deepEqual(yield* found(storage), [
        { of: "login and address", failures: 0, failedAt: moment(5), waitMilliseconds: 0, familiarUntil: moment(777) },
      ]);
      assert.equal(yield* succeed(storage, 6, 888), true);
      const { failures: counted, familiarUntil } = Option.getOrThrow(yield* fail(storage, 7));
      assert.deepEqual([counted, familiarUntil], [1, moment(888)]);
    }),

    "a success during a wait does nothing and says so": Effect.fnUntraced(function* (storage) {
      yield* failures(storage, 3);
      assert.equal(yield* succeed(storage, 999), false);
      assert.deepEqual(
        (yield* found(storage)).map((state) => [state.failures, state.familiarUntil]),
        [[3, null]],
      );
      assert.equal(yield* succeed(storage, 1_000), true);
    }),

    "a key is found with its login from anywhere and its address for anything, in its tenant only": Effect.fnUntraced(
      function* (storage) {
        const { login, address } = key;
        for (const each of [key, { login, address: any }, { login: any, address }]) yield* fail(storage, 1, each);
        yield* fail(storage, 2, { login, address: aHash(9) });
        yield* fail(storage, 2, { login: aHash(9), address });
        yield* fail(storage, 2, key, "other");
        const of = (yield* found(storage)).map((state) => [state.of, state.failedAt.getTime()]);
        const at = moment(1).getTime();
        assert.deepEqual(of, [
          ["address", at],
          ["login", at],
          ["login and address", at],
        ]);
        assert.equal((yield* found(storage, key, "other")).length, 1);
        assert.equal((yield* found(storage, { login: aHash(7), address: aHash(8) })).length, 0);
        assert.equal((yield* found(storage, { login, address: any })).length, 1);
      },
    ),

    "the failures of a login are cleared from everywhere, what is familiar remains so": Effect.fnUntraced(
      function* (storage) {
        const { login, address } = key;
        const [anywhere, elsewhere] = [
          { login, address: any },
          { login, address: aHash(3) },
        ];
        yield* succeed(storage, 0);
        yield* fail(storage, 1);
        yield* failures(storage, 3, elsewhere);
        yield* failures(storage, 3, anywhere);
        yield* failures(storage, 3, { login: any, address });
        yield* fail(storage, 1, key, "other");
        const clear = storage.transact(({ attempts: store }) => store.clear(tenant, login));
        assert.equal(yield* clear, 3);
        assert.equal(yield* clear, 0);
        assert.deepEqual(
          (yield* found(storage)).map((state) => [state.of, state.failures, state.waitMilliseconds]),
          [
            ["address", 3, 1_000],
            ["login", 0, 0],
            ["login and address", 0, 0],
          ],
        );
        assert.deepEqual((yield* found(storage))[2]?.familiarUntil, moment(1_000_000));
        assert.equal(Option.getOrThrow(yield* fail(storage, 1, elsewhere)).failures, 1);
        assert.equal((yield* found(storage, key, "other"))[0]?.failures, 1);
      },
    ),

    "keys that count for nothing any more are removed from all tenants, so many at a time": Effect.fnUntraced(
      function* (storage) {
        const kept = 100_000 + 60_000;
        yield* fail(storage, 0, { ...key, login: aHash(4) });
        yield* fail(storage, 1, key, "other");
        yield* succeed(storage, 2, 5);
        yield* fail(storage, 20);
        const familiar = { ...key, address: aHash(5) };
        yield* succeed(storage, 3, 1_000_000, familiar);
        yield* fail(storage, 4, familiar);
        const remove = (before: number, limit: number) =>
          storage.transact(({ attempts: store }) => store.removeExpiredBefore(moment(before), limit));
        assert.equal(yield* remove(kept + 20, 1), 1);
        assert.equal(yield* remove(kept + 20, 5), 1);
        assert.equal(yield* remove(kept + 20, 5), 0);
        assert.equal((yield* found(storage)).length, 1);
        assert.equal((yield* found(storage, familiar)).length, 1);
        assert.equal(yield* remove(kept + 21, 5), 1);
      },
    ),

    "a failure counted in a transaction that fails was not counted": Effect.fnUntraced(function* (storage) {
      yield* Effect.flip(
        storage.transact(({ attempts: store }) =>
          Effect.andThen(store.recordFailure(tenant, key, rule, moment()), Effect.fail("changed its mind")),
        ),
      );
      assert.deepEqual(yield* found(storage), []);
    }),

    [`of ${callers} callers who fail at once as many are counted as may be, each with a number of its own`]:
      Effect.fnUntraced(function* (storage, again) {
        const storages = [storage, yield* again] as const;
        const counted = yield* Effect.all(
          Array.from({ length: callers }, (_, caller) => fail(storages[caller % 2 === 0 ? 0 : 1], 0)),
          { concurrency: "unbounded" },
        );
        assert.deepEqual(
          counted.flatMap((state) => (Option.isSome(state) ? [state.value.failures] : [])).sort(),
          [1, 2, 3],
        );
        assert.equal((yield* found(storage))[0]?.failures, 3);
      }),
  },
};
