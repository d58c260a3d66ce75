import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { NewOutboxEntry, OutboxClaim, OutboxEntry, OutboxSelection } from "../../ports/outbox.ts";
import type { Storage } from "../../ports/storage.ts";
import { moment } from "../a-user.ts";
import { anOutboxEntry } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const append = (storage: Storage, entries: readonly NewOutboxEntry[], where: string = tenant) =>
  storage.transact(({ outbox }) => Effect.forEach(entries, (entry) => outbox.append(where, entry), { discard: true }));

/** Takes what is first in line at a second, for half a minute. */
const claim = (storage: Storage, second = 1, overrides: Partial<OutboxClaim> = {}) => {
  const [now, leaseUntil] = [moment(second * 1000), moment(second * 1000 + 30_000)];
  return storage.transact(({ outbox }) => outbox.claim({ topic: "mail", now, leaseUntil, limit: 100, ...overrides }));
};

const idsOf = (entries: readonly OutboxEntry[]) => entries.map(({ id }) => id);

/** The one entry that can be claimed. */
const claimOne = (storage: Storage, second = 1) =>
  Effect.map(claim(storage, second), ([entry, ...others]) => {
    assert.deepEqual(idsOf(others), []);
    return entry ?? assert.fail("There was nothing to claim.");
  });

const acknowledge = (storage: Storage, entry: OutboxEntry, milliseconds = 2_000) =>
  storage.transact(({ outbox }) => outbox.acknowledge(entry, moment(milliseconds)));

const list = (storage: Storage, selection: Partial<OutboxSelection> = {}) =>
  storage.outbox.list(tenant, { limit: 100, ...selection });

/** What is to be told to others, entry by entry. */
export const outbox: Room = {
  about: "outbox",
  cases: {
    "an entry comes back as appended, pending and never tried": Effect.fnUntraced(function* (storage) {
      const entry = anOutboxEntry({
        payload: { box: 'é"\\', deep: { list: [1, null, true] } },
        createdAt: moment(1),
        availableAt: moment(2),
      });
      yield* append(storage, [entry]);
      assert.deepEqual(yield* list(storage), [{ ...entry, tenant, state: "pending", attempts: 0, endedAt: null }]);
    }),

    "a claimed entry counts an attempt and is available again when its lease runs out": Effect.fnUntraced(
      function* (storage) {
        const entry = anOutboxEntry();
        yield* append(storage, [entry]);
        assert.deepEqual(yield* claim(storage), [
          { ...entry, tenant, state: "pending", attempts: 1, endedAt: null, availableAt: moment(31_000) },
        ]);
        assert.deepEqual(yield* claim(storage, 30.999), []);
        assert.equal((yield* claimOne(storage, 31)).attempts, 2);
      },
    ),

    "an entry is not claimed before it is available, nor for another topic": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [anOutboxEntry({ id: "later", availableAt: moment(5_000) })]);
      assert.deepEqual(yield* claim(storage, 4.999), []);
      assert.deepEqual(yield* claim(storage, 5, { topic: "event" }), []);
      assert.deepEqual(idsOf(yield* claim(storage, 5)), ["later"]);
    }),

    "entries of one user are claimed one after the other, in the order of appending": Effect.fnUntraced(
      function* (storage) {
        const ids = ["c", "a", "b"];
        yield* append(
          storage,
          ids.map((id) => anOutboxEntry({ id, userId: "jane" })),
        );
        const claimed: string[] = [];
        for (const second of [1, 2, 3]) {
          const entry = yield* claimOne(storage, second);
          claimed.push(entry.id);
          assert.equal(yield* acknowledge(storage, entry), true);
        }
        assert.deepEqual(claimed, ids);
        assert.deepEqual(yield* claim(storage, 100), []);
      },
    ),

    "an entry that waits or is being delivered holds up those behind it": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [
        anOutboxEntry({ id: "1", userId: "jane", availableAt: moment(5_000) }),
        anOutboxEntry({ id: "2", userId: "jane" }),
      ]);
      assert.deepEqual(yield* claim(storage, 4), []);
      assert.equal((yield* claimOne(storage, 5)).id, "1");
      assert.deepEqual(yield* claim(storage, 6), []);
    }),

    "an entry that waited behind another is available from its own instant on, or at once": Effect.fnUntraced(
      function* (storage) {
        yield* append(storage, [
          anOutboxEntry({ id: "1", userId: "jane" }),
          anOutboxEntry({ id: "2", userId: "jane" }),
          anOutboxEntry({ id: "3", userId: "jane", availableAt: moment(9_000) }),
        ]);
        const first = yield* claimOne(storage, 1);
        // Whatever a store does with those that wait, looking for them in vain changes nothing.
        assert.deepEqual(yield* claim(storage, 2), []);
        assert.equal(yield* acknowledge(storage, first), true);
        const second = yield* claimOne(storage, 2);
        assert.equal(second.id, "2");
        assert.deepEqual(yield* claim(storage, 3), []);
        assert.equal(yield* storage.transact(({ outbox }) => outbox.bury(second, moment(3_000))), true);
        assert.deepEqual(yield* claim(storage, 8.999), []);
        assert.equal((yield* claimOne(storage, 9)).id, "3");
      },
    ),

    "users, tenants and topics do not wait for each other": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [
        anOutboxEntry({ id: "1", userId: "jane" }),
        anOutboxEntry({ id: "2", userId: "joe" }),
        anOutboxEntry({ id: "3", userId: "jane", topic: "event" }),
      ]);
      yield* append(storage, [anOutboxEntry({ id: "1", userId: "jane" })], "other");
      const claimed = yield* claim(storage);
      assert.deepEqual(claimed.map((entry) => `${entry.tenant}/${entry.id}`).sort(), [
        `${tenant}/1`,
        `${tenant}/2`,
        "other/1",
      ]);
      assert.deepEqual(idsOf(yield* claim(storage, 1, { topic: "event" })), ["3"]);
    }),

    "a claim takes no more than its limit, longest available first": Effect.fnUntraced(function* (storage) {
      yield* append(
        storage,
        [3, 1, 2].map((number) =>
          anOutboxEntry({ id: `${number}`, userId: `user-${number}`, availableAt: moment(number) }),
        ),
      );
      assert.deepEqual(idsOf(yield* claim(storage, 1, { limit: 2 })).sort(), ["1", "2"]);
      assert.deepEqual(idsOf(yield* claim(storage, 1, { limit: 2 })), ["3"]);
    }),

    "a delivered entry keeps no payload and is never claimed again": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [anOutboxEntry({ payload: { box: "secret" } })]);
      const claimed = yield* claimOne(storage);
      assert.equal(yield* acknowledge(storage, claimed), true);
      assert.deepEqual(yield* list(storage), [{ ...claimed, payload: {}, state: "delivered", endedAt: moment(2_000) }]);
      assert.deepEqual(yield* claim(storage, 100), []);
    }),

    "an entry put back is available from the given instant on": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [anOutboxEntry()]);
      const claimed = yield* claimOne(storage);
      assert.equal(yield* storage.transact(({ outbox }) => outbox.putBack(claimed, moment(9_000))), true);
      assert.deepEqual(yield* claim(storage, 8.999), []);
      assert.equal((yield* claimOne(storage, 9)).attempts, 2);
    }),

    "a buried entry is dead, keeps its payload and holds up nobody": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [
        anOutboxEntry({ id: "1", userId: "jane", payload: { text: "hello" } }),
        anOutboxEntry({ id: "2", userId: "jane" }),
      ]);
      const claimed = yield* claimOne(storage);
      assert.equal(yield* storage.transact(({ outbox }) => outbox.bury(claimed, moment(3_000))), true);
      assert.equal((yield* claimOne(storage, 2)).id, "2");
      const [dead] = yield* list(storage, { state: "dead" });
      assert.deepEqual([dead?.id, dead?.payload, dead?.endedAt], ["1", { text: "hello" }, moment(3_000)]);
    }),

    "whoever lost a lease can settle nothing": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [anOutboxEntry()]);
      const late = yield* claimOne(storage, 1);
      const current = yield* claimOne(storage, 40);
      for (const settle of ["acknowledge", "putBack", "bury"] as const) {
        assert.equal(yield* storage.transact(({ outbox }) => outbox[settle](late, moment())), false);
      }
      assert.deepEqual(yield* list(storage), [current]);
      assert.equal(yield* acknowledge(storage, current), true);
      assert.equal(yield* acknowledge(storage, current), false);
      assert.equal(yield* storage.transact(({ outbox }) => outbox.putBack(current, moment())), false);
    }),

    "the next instant at which something becomes available is known": Effect.fnUntraced(function* (storage) {
      const next = Effect.map(storage.outbox.nextAvailable("mail"), Option.getOrNull);
      assert.equal(yield* next, null);
      yield* append(storage, [
        anOutboxEntry({ userId: "jane", availableAt: moment(700) }),
        anOutboxEntry({ userId: "joe", availableAt: moment(500) }),
        anOutboxEntry({ topic: "event", availableAt: moment(100) }),
      ]);
      assert.deepEqual(yield* next, moment(500));
      const claimed = yield* claim(storage, 1);
      assert.deepEqual(yield* next, moment(31_000));
      for (const entry of claimed) yield* acknowledge(storage, entry);
      assert.equal(yield* next, null);
    }),

    "entries are listed newest first, by topic, state and user, page by page": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [
        anOutboxEntry({ id: "b", userId: "jane" }),
        anOutboxEntry({ id: "a", userId: "joe" }),
        anOutboxEntry({ id: "c", userId: "jane", topic: "event" }),
      ]);
      yield* append(storage, [anOutboxEntry({ id: "d" })], "other");
      const joes = (yield* claim(storage)).find(({ id }) => id === "a") ?? assert.fail("Joe's was not claimed.");
      yield* acknowledge(storage, joes);
      assert.deepEqual(idsOf(yield* list(storage)), ["c", "b", "a"]);
      assert.deepEqual(idsOf(yield* list(storage, { topic: "mail" })), ["b", "a"]);
      assert.deepEqual(idsOf(yield* list(storage, { state: "pending" })), ["c", "b"]);
      assert.deepEqual(idsOf(yield* list(storage, { userId: "jane", topic: "mail" })), ["b"]);
      assert.deepEqual(idsOf(yield* list(storage, { limit: 1, olderThanId: "c" })), ["b"]);
    }),

    "entries that ended before an instant are removed from all tenants, so many at a time": Effect.fnUntraced(
      function* (storage) {
        const entries = ["1", "2", "3", "4"].map((id) => anOutboxEntry({ id, userId: id }));
        yield* append(storage, entries);
        yield* append(storage, [anOutboxEntry({ id: "5" })], "other");
        for (const entry of yield* claim(storage)) {
          if (entry.id === "4") continue;
          yield* storage.transact(({ outbox }) =>
            entry.id === "3"
              ? outbox.bury(entry, moment(10))
              : outbox.acknowledge(entry, moment(entry.id === "2" ? 20 : 10)),
          );
        }
        const remove = (state: "delivered" | "dead", limit: number) =>
          storage.transact(({ outbox }) => outbox.removeEndedBefore(state, moment(20), limit));
        assert.deepEqual([yield* remove("delivered", 1), yield* remove("delivered", 9)], [1, 1]);
        assert.deepEqual(idsOf(yield* list(storage)), ["4", "3", "2"]);
        assert.equal(yield* remove("dead", 9), 1);
        assert.deepEqual(idsOf(yield* list(storage)), ["4", "2"]);
        assert.deepEqual(yield* storage.outbox.list("other", { limit: 9 }), []);
      },
    ),
  },
};
