import * as assert from "node:assert/strict";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import { LastAdmin, StoreUnavailable } from "../../errors.ts";
import type { Storage, Stores } from "../../ports/storage.ts";
import { everyone } from "../../user/user-condition.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { contradictions } from "../contradictions.ts";
import { aSession } from "../fixtures.ts";
import { errorOf, type Room, type Scenario, tenant } from "./room.ts";

const jane = aUser({ id: "jane", username: "jane", email: "jane@x.test", firstName: "Jane", tags: ["blue"] });
const john = aUser({ id: "john", username: "john", email: "john@x.test", lastName: "Roe", metadata: { team: "blue" } });
const joan = aUser({ id: "joan", username: "joan", email: "joan@x.test", tags: ["red"] });

/** Jane with a password and a session, and John. */
const begin = (storage: Storage) =>
  storage.transact(({ users, credentials, sessions }) =>
    Effect.gen(function* () {
      yield* users.insert(tenant, jane);
      yield* credentials.put(tenant, jane.id, "hash", moment());
      yield* sessions.insert(tenant, aSession(jane.id), "hash");
      yield* users.insert(tenant, john);
    }),
  );

const mustAgree = Effect.fnUntraced(function* (storage: Storage) {
  assert.deepEqual(yield* contradictions(storage, tenant, moment(1)), []);
});

const isFree = (storage: Storage, name: string) =>
  Effect.map(storage.users.findByIdentifier(tenant, name), Option.isNone);

/** A call is refused in a body that goes on and is committed: what was refused must leave nothing. */
const refused = (refusal: (stores: Stores) => Effect.Effect<unknown, { readonly _tag: string }>): Scenario =>
  Effect.fnUntraced(function* (storage) {
    yield* begin(storage);
    yield* storage.transact((stores) =>
      Effect.gen(function* () {
        assert.equal((yield* errorOf(refusal(stores)))._tag, "EmailTaken");
        yield* stores.users.insert(tenant, aUser({ id: "later" }));
      }),
    );
    assert.equal(yield* isFree(storage, "newname"), true);
    assert.deepEqual(yield* storage.users.find(tenant, jane.id), Option.some(jane));
    assert.equal(yield* storage.users.count(tenant, everyone), 3);
    yield* storage.transact(({ users }) => users.insert(tenant, aUser({ id: "newcomer", username: "newname" })));
    yield* mustAgree(storage);
  });

/** What a store promises when something goes wrong half-way. */
export const faults: Room = {
  about: "faults",
  cases: {
    "an insert that is refused half-way leaves nothing of itself in a transaction that goes on": refused(({ users }) =>
      users.insert(tenant, { ...joan, username: "newname", email: jane.email }),
    ),

    "an update that is refused half-way leaves nothing of itself in a transaction that goes on": refused(({ users }) =>
      users.update(tenant, jane, changed(jane, { username: "newname", email: john.email, tags: ["green"] })),
    ),

    "a body that swallows a defect of a statement commits all of its writes or none": Effect.fnUntraced(
      function* (storage) {
        yield* begin(storage);
        const illegal = changed(john, { status: "pending", username: "newname", tags: ["green"] });
        const exit = yield* Effect.exit(
          storage.transact(({ users, sessions }) =>
            Effect.gen(function* () {
              yield* users.insert(tenant, joan);
              yield* Effect.exit(users.update(tenant, john, illegal));
              yield* Effect.exit(sessions.revokeAll(tenant, jane.id, moment(1)));
            }),
          ),
        );
        const isThere = Option.isSome(yield* storage.users.find(tenant, joan.id));
        assert.equal(isThere, Exit.isSuccess(exit));
        const live = yield* storage.sessions.list(tenant, jane.id, moment(1), 10);
        assert.equal(live.length, isThere ? 0 : 1);
        assert.deepEqual(yield* storage.users.find(tenant, john.id), Option.some(john));
        assert.equal(yield* isFree(storage, "newname"), true);
        yield* mustAgree(storage);
      },
    ),

    "the stores of a transaction that has ended write nothing": Effect.fnUntraced(function* (storage) {
      yield* begin(storage);
      const kept: Stores[] = [];
      const keep = (stores: Stores) => Effect.sync(() => kept.push(stores));
      yield* storage.transact((stores) => keep(stores));
      yield* Effect.exit(storage.transact((stores) => Effect.andThen(keep(stores), Effect.fail(new LastAdmin()))));
      for (const stores of kept) {
        const exit = yield* Effect.exit(stores.users.insert(tenant, joan));
        assert.equal(Exit.isFailure(exit), true);
      }
      assert.equal(kept.length >= 2, true);
      assert.equal(yield* storage.users.count(tenant, everyone), 2);
    }),

    "a body that fails by itself is run once, whatever its error is called": Effect.fnUntraced(function* (storage) {
      let runs = 0;
      const error = new StoreUnavailable({ reason: "somebody else's is away", retryable: true });
      const exit = yield* Effect.exit(
        storage.transact(({ users }) =>
          Effect.andThen(
            users.insert(tenant, jane),
            Effect.suspend(() => {
              runs += 1;
              return Effect.fail(error);
            }),
          ),
        ),
      );
      assert.equal(Exit.isFailure(exit), true);
      assert.equal(runs, 1);
      assert.equal(yield* storage.users.count(tenant, everyone), 0);
    }),

    "after a hundred transactions that came to nothing the next ones succeed": Effect.fnUntraced(
      function* (storage, again) {
        const storages = [storage, yield* again] as const;
        const endings = [Effect.fail(new LastAdmin()), Effect.die("a bug"), Effect.interrupt, Effect.void] as const;
        const exits = yield* Effect.forEach(
          Array.from({ length: 120 }, (_, number) => number),
          (number) => {
            const user = aUser({ id: `user-${number}`, email: `user-${number}@x.test`, tags: [`${number % 4}`] });
            const ending = endings[number % 4] ?? Effect.void;
            const body = ({ users }: Stores) => Effect.andThen(users.insert(tenant, user), ending);
            return Effect.exit((number % 8 < 4 ? storages[0] : storages[1]).transact(body));
          },
          { concurrency: 20 },
        );
        const isMeant = (number: number): boolean => number % 4 === 3;
        assert.deepEqual(
          exits.map(Exit.isSuccess),
          exits.map((_, number) => isMeant(number)),
        );
        assert.equal(yield* storage.users.count(tenant, everyone), 30);
        assert.equal(yield* storage.users.count(tenant, { kind: "tags", match: "any", tags: ["0", "1", "2"] }), 0);
        yield* mustAgree(storage);
      },
    ),

    "a transaction interrupted while it waits for another leaves nothing, and the other goes on": Effect.fnUntraced(
      function* (storage, again) {
        const other = yield* again;
        const isWriting = yield* Deferred.make<void>();
        const goOn = yield* Deferred.make<void>();
        const first = yield* Effect.forkChild(
          storage.transact(({ users }) =>
            users
              .insert(tenant, joan)
              .pipe(Effect.andThen(Deferred.succeed(isWriting, undefined)), Effect.andThen(Deferred.await(goOn))),
          ),
        );
        yield* Deferred.await(isWriting);
        const waiting = yield* Effect.forEach([storage, other], (each) =>
          Effect.forkChild(each.transact(({ users }) => Effect.andThen(users.insert(tenant, jane), Effect.never))),
        );
        yield* Effect.sleep(10);
        yield* Fiber.interruptAll(waiting);
        yield* Deferred.succeed(goOn, undefined);
        yield* Fiber.join(first);
        yield* storage.transact(({ users }) => users.insert(tenant, john));
        assert.equal(yield* storage.users.count(tenant, everyone), 2);
        yield* mustAgree(storage);
      },
    ),
  },
};
