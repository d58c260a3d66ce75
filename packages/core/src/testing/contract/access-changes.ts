import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { AccessChange } from "../../ports/access-changes.ts";
import type { Storage } from "../../ports/storage.ts";
import { moment } from "../a-user.ts";
import { type Room, tenant } from "./room.ts";

const append = (storage: Storage, userId: string, milliseconds = 0, where: string = tenant) =>
  storage.transact(({ accessChanges }) => accessChanges.append({ tenant: where, userId }, moment(milliseconds)));

/** In order, each one where it was first seen: a store may tell of a change more than once. */
const namesIn = (changes: readonly AccessChange[]): readonly string[] => [
  ...new Set(changes.map((change) => `${change.tenant}/${change.userId}`)),
];

/** The feed that tells processes whose access changed. */
export const accessChanges: Room = {
  about: "access changes",
  cases: {
    "a new feed is empty": Effect.fnUntraced(function* (storage) {
      const page = yield* storage.accessChanges.since(yield* storage.accessChanges.latest());
      assert.deepEqual({ changes: page.changes, gap: page.gap }, { changes: [], gap: false });
    }),

    "what was appended after a cursor is read in order, over all tenants": Effect.fnUntraced(function* (storage) {
      yield* append(storage, "before");
      const start = yield* storage.accessChanges.latest();
      yield* append(storage, "b");
      yield* append(storage, "a", 0, "other");
      yield* append(storage, "c");
      const page = yield* storage.accessChanges.since(start);
      assert.deepEqual(namesIn(page.changes), [`${tenant}/b`, "other/a", `${tenant}/c`]);
      assert.equal(page.gap, false);
    }),

    "a reader goes on where the last page ended": Effect.fnUntraced(function* (storage) {
      yield* append(storage, "a");
      const first = yield* storage.accessChanges.since(0);
      yield* append(storage, "b");
      const second = yield* storage.accessChanges.since(first.cursor);
      assert.deepEqual(namesIn([...first.changes, ...second.changes]), [`${tenant}/a`, `${tenant}/b`]);
      assert.equal(second.changes.at(-1)?.userId, "b");
    }),

    "a second process on the database reads the same feed": Effect.fnUntraced(function* (storage, again) {
      const other = yield* again;
      const start = yield* other.accessChanges.latest();
      yield* append(storage, "a");
      assert.deepEqual(namesIn((yield* other.accessChanges.since(start)).changes), [`${tenant}/a`]);
    }),

    "whoever listens is told what a second process committed, where the database can tell": Effect.fnUntraced(
      function* (storage, again) {
        if (storage.onAccessChange === undefined) return;
        const heard: AccessChange[] = [];
        const leave = storage.onAccessChange((change) => heard.push(change));
        const other = yield* again;
        // A listener may need a moment to get to its place: what was said before is not repeated for it.
        for (let patience = 0; heard.length === 0 && patience < 20; patience++) {
          yield* append(other, "jane");
          yield* Effect.sleep(50);
        }
        leave();
        assert.deepEqual(new Set(namesIn(heard)), new Set([`${tenant}/jane`]));
      },
    ),

    "a reader that missed pruned entries is told of the gap": Effect.fnUntraced(function* (storage) {
      yield* append(storage, "a", 10);
      const early = yield* storage.accessChanges.latest();
      yield* append(storage, "b", 20);
      yield* append(storage, "c", 30);
      const late = yield* storage.accessChanges.latest();
      yield* storage.transact(({ accessChanges }) => accessChanges.prune(moment(30)));
      assert.equal((yield* storage.accessChanges.since(early)).gap, true);
      assert.equal((yield* storage.accessChanges.since(0)).gap, true);
      assert.equal((yield* storage.accessChanges.since(late)).gap, false);
      assert.equal(namesIn((yield* storage.accessChanges.since(early)).changes).includes(`${tenant}/c`), true);
    }),

    "a feed pruned to nothing goes on from where it was": Effect.fnUntraced(function* (storage) {
      yield* append(storage, "a", 10);
      const cursor = yield* storage.accessChanges.latest();
      yield* storage.transact(({ accessChanges }) => accessChanges.prune(moment(20)));
      assert.equal(yield* storage.accessChanges.latest(), cursor);
      yield* append(storage, "b", 30);
      const page = yield* storage.accessChanges.since(cursor);
      assert.deepEqual([namesIn(page.changes), page.gap], [[`${tenant}/b`], false]);
    }),
  },
};
