import * as assert from "node:assert/strict";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import { LastAdmin } from "../../errors.ts";
import type { Storage, Stores } from "../../ports/storage.ts";
import { everyone } from "../../user/user-condition.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aHash, aKey, anAuditEvent, anOutboxEntry, aRotation, aSession } from "../fixtures.ts";
import { errorOf, forEachOf, type Room, type Scenario, tenant } from "./room.ts";

const [jane, john, gone, newcomer] = [
  aUser({ id: "jane", username: "jane", tags: ["blue"] }),
  aUser({ id: "john", username: "john" }),
  aUser({ id: "gone", username: "gone", status: "deleted", tags: ["grey"] }),
  aUser({ id: "newcomer", username: "newcomer" }),
];
const session = aSession(jane.id);
const second = aSession(jane.id);
const all = { where: everyone, sortBy: "createdAt", descending: false, limit: 100 } as const;

const begin = (storage: Storage) =>
  storage.transact(({ users, credentials, sessions }) =>
    Effect.gen(function* () {
      for (const user of [jane, john, gone]) yield* users.insert(tenant, user);
      yield* credentials.put(tenant, jane.id, "hash", moment());
      yield* sessions.insert(tenant, session, "hash");
    }),
  );

/** Writes through every store. */
const changeEverything = Effect.fnUntraced(function* (stores: Stores) {
  const { users, credentials, sessions, keys, audit, accessChanges, outbox } = stores;
  yield* users.insert(tenant, newcomer);
  yield* users.update(tenant, jane, changed(jane, { username: "janet", tags: ["red", "green"] }));
  yield* users.recordLogin(tenant, john.id, moment(5));
  yield* users.remove(tenant, gone.id);
  yield* credentials.replace(tenant, jane.id, "hash", "new hash", moment());
  yield* credentials.put(tenant, john.id, "hash", moment());
  yield* sessions.rotate(tenant, aRotation(session.id));
  yield* sessions.insert(tenant, second, "new hash");
  yield* sessions.revokeAll(tenant, jane.id, moment(9));
  yield* keys.insert(aKey());
  yield* audit.append(tenant, anAuditEvent());
  yield* accessChanges.append({ tenant, userId: jane.id }, moment());
  yield* outbox.append(tenant, anOutboxEntry());
  yield* outbox.claim({ topic: "mail", now: moment(), leaseUntil: moment(9), limit: 1 });
});

const everything = Effect.fnUntraced(function* (stores: Stores) {
  return {
    users: yield* stores.users.list(tenant, all),
    names: yield* Effect.forEach(["jane", "janet", "gone", "newcomer"], (name) =>
      stores.users.findByIdentifier(tenant, name),
    ),
    blue: yield* stores.users.count(tenant, { kind: "tags", match: "any", tags: ["blue", "grey"] }),
    hashes: [yield* stores.credentials.find(tenant, jane.id), yield* stores.credentials.find(tenant, john.id)],
    sessions: [yield* stores.sessions.find(tenant, session.id), yield* stores.sessions.find(tenant, second.id)],
    keys: yield* stores.keys.list(),
    audit: yield* stores.audit.list(tenant, { limit: 100 }),
    changes: (yield* stores.accessChanges.since(0)).changes,
    outbox: yield* stores.outbox.list(tenant, { limit: 100 }),
  };
});

const endings = {
  fails: Effect.fail(new LastAdmin()),
  dies: Effect.die("a bug"),
  "is interrupted": Effect.interrupt,
} as const;

const rollsBack = (ending: keyof typeof endings): Scenario =>
  Effect.fnUntraced(function* (storage) {
    yield* begin(storage);
    const before = yield* everything(storage);
    const exit = yield* Effect.exit(
      storage.transact((stores) => Effect.andThen(changeEverything(stores), endings[ending])),
    );
    assert.equal(Exit.isFailure(exit), true);
    assert.deepEqual(yield* everything(storage), before);
    yield* storage.transact(changeEverything);
    assert.notDeepEqual(yield* everything(storage), before);
  });

/** All of a transaction or nothing of it, one after another. */
export const transactions: Room = {
  about: "transactions",
  cases: {
    ...forEachOf(
      ["fails", "dies", "is interrupted"] as const,
      (ending) => `a transaction whose body ${ending} leaves no trace in any store`,
      rollsBack,
    ),

    "a transaction answers what its body answers, and fails as its body fails": Effect.fnUntraced(function* (storage) {
      assert.equal(yield* storage.transact(() => Effect.succeed(42)), 42);
      const error = yield* errorOf(storage.transact(() => Effect.fail(new LastAdmin())));
      assert.equal(error._tag, "LastAdmin");
      const exit = yield* Effect.exit(storage.transact(() => Effect.die("a bug")));
      assert.equal(Exit.hasDies(exit), true);
    }),

    "a transaction whose body throws instead of answering leaves no trace": Effect.fnUntraced(function* (storage) {
      const exit = yield* Effect.exit(
        storage.transact(({ users }) =>
          Effect.flatMap(users.insert(tenant, jane), (): Effect.Effect<void> => {
            throw new Error("a bug");
          }),
        ),
      );
      assert.equal(Exit.hasDies(exit), true);
      assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.none());
    }),

    "a body that waits and is interrupted from outside leaves no trace and blocks nobody": Effect.fnUntraced(
      function* (storage) {
        const isWriting = yield* Deferred.make<void>();
        const fiber = yield* Effect.forkChild(
          storage.transact(({ users }) =>
            users
              .insert(tenant, jane)
              .pipe(Effect.andThen(Deferred.succeed(isWriting, undefined)), Effect.andThen(Effect.never)),
          ),
        );
        yield* Deferred.await(isWriting);
        yield* Fiber.interrupt(fiber);
        assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.none());
        yield* storage.transact(({ users }) => users.insert(tenant, jane));
        assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.some(jane));
      },
    ),

    "a transaction sees its own writes in every store": Effect.fnUntraced(function* (storage) {
      yield* begin(storage);
      const [inside, before] = yield* storage.transact((stores) =>
        Effect.gen(function* () {
          const before = yield* everything(stores);
          yield* changeEverything(stores);
          return [yield* everything(stores), before] as const;
        }),
      );
      assert.notDeepEqual(inside, before);
      assert.deepEqual(inside.hashes, [Option.some("new hash"), Option.some("hash")]);
      assert.deepEqual(
        inside.users.map(({ id }) => id),
        ["jane", "john", "newcomer"],
      );
      assert.deepEqual(inside.names.map(Option.isSome), [false, true, false, true]);
      assert.equal(inside.blue, 0);
      const revoked = Option.getOrUndefined(inside.sessions[0] ?? Option.none());
      assert.deepEqual([revoked?.revokedAt, revoked?.refreshHash], [moment(9), aHash(2)]);
      assert.deepEqual([inside.keys.length, inside.audit.length, inside.changes.length], [1, 1, 1]);
      assert.deepEqual(yield* everything(storage), inside);
    }),

    "nobody outside sees a transaction that ends in a failure": Effect.fnUntraced(function* (storage, again) {
      const other = yield* again;
      yield* begin(storage);
      const before = yield* everything(storage);
      const readers = yield* errorOf(
        storage.transact((stores) =>
          Effect.gen(function* () {
            yield* changeEverything(stores);
            const [here, there] = [
              yield* Effect.forkDetach(everything(storage)),
              yield* Effect.forkDetach(everything(other)),
            ];
            yield* Effect.sleep(30);
            return yield* Effect.fail([here, there]);
          }),
        ),
      );
      assert.equal(Array.isArray(readers), true);
      if (!Array.isArray(readers)) return;
      for (const reader of readers) assert.deepEqual(yield* Fiber.join(reader), before);
    }),

    "a reader outside sees all of a transaction or nothing of it": Effect.fnUntraced(function* (storage, again) {
      const other = yield* again;
      const pair = [aUser({ id: "left" }), aUser({ id: "right" })];
      const counts: number[] = [];
      const reads = (from: Storage) =>
        Effect.forkChild(
          Effect.repeat(
            Effect.tap(from.users.count(tenant, everyone), (count) =>
              Effect.andThen(
                Effect.sync(() => counts.push(count)),
                Effect.sleep(1),
              ),
            ),
            { times: 20 },
          ),
        );
      const readers = [yield* reads(storage), yield* reads(other)];
      yield* storage.transact(({ users }) =>
        Effect.forEach(pair, (user) => Effect.andThen(users.insert(tenant, user), Effect.sleep(8))),
      );
      yield* Fiber.joinAll(readers);
      assert.deepEqual(
        counts.filter((count) => count !== 0 && count !== 2),
        [],
      );
      assert.equal(yield* storage.users.count(tenant, everyone), 2);
    }),

    "what one process commits, another on the same database sees": Effect.fnUntraced(function* (storage, again) {
      const other = yield* again;
      yield* begin(storage);
      yield* other.transact(changeEverything);
      assert.deepEqual(yield* everything(storage), yield* everything(other));
    }),

    "the database answers": Effect.fnUntraced(function* (storage) {
      yield* storage.check();
    }),
  },
};
