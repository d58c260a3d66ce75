import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import { LastAdmin } from "../../errors.ts";
import type { Storage, StoreModule } from "../../ports/storage.ts";
import type { User } from "../../user/user.ts";
import { everyone } from "../../user/user-condition.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aHash, aKey, aOneTimeToken, aRotation, aSecondFactor, aSession } from "../fixtures.ts";
import { forEachOf, type Room, type Scenario, tenant } from "./room.ts";

const callers = 50;

/** All at once, over two openings of one database by turns. */
const race = <A, E>(
  storages: readonly [Storage, Storage],
  call: (storage: Storage, caller: number) => Effect.Effect<A, E>,
) =>
  Effect.all(
    Array.from({ length: callers }, (_, caller) => Effect.exit(call(storages[caller % 2 === 0 ? 0 : 1], caller))),
    { concurrency: "unbounded" },
  );

const wins = <E>(exits: readonly Exit.Exit<boolean, E>[]): number => {
  assert.deepEqual(exits.filter(Exit.isFailure), []);
  return exits.filter((exit) => Exit.isSuccess(exit) && exit.value).length;
};

const failures = <A, E extends { readonly _tag: string }>(exits: readonly Exit.Exit<A, E>[]): readonly string[] =>
  exits.flatMap((exit) =>
    Exit.isSuccess(exit)
      ? []
      : exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? reason.error._tag : reason._tag)),
  );

const bothOf = (storage: Storage, again: StoreModule["open"]) =>
  Effect.map(again, (other): readonly [Storage, Storage] => [storage, other]);

type Naming = readonly [what: string, nameOf: (caller: number) => Partial<User>, errors: readonly string[]];

const namings: readonly Naming[] = [
  ["one username", () => ({ username: "Jane" }), ["UsernameTaken"]],
  ["one email", () => ({ username: null, email: "jane@x.test" }), ["EmailTaken"]],
  [
    "one text, some as username and some as email",
    (caller) => (caller % 4 < 2 ? { username: "Jane@x.test" } : { username: null, email: "jane@X.test" }),
    ["EmailTaken", "UsernameTaken"],
  ],
  ["one id", (caller) => ({ id: "same", username: `user-${caller}` }), ["UserIdTaken"]],
];

const oneIsInserted = ([, nameOf, errors]: Naming): Scenario =>
  Effect.fnUntraced(function* (storage, again) {
    const exits = yield* race(yield* bothOf(storage, again), (each, caller) =>
      each.transact(({ users }) => users.insert(tenant, aUser(nameOf(caller)))),
    );
    const failed = failures(exits);
    assert.equal(failed.length, callers - 1);
    assert.deepEqual(
      failed.filter((error) => !errors.includes(error)),
      [],
    );
    assert.equal(yield* storage.users.count(tenant, everyone), 1);
  });

const insertJane = Effect.fnUntraced(function* (storage: Storage) {
  const jane = aUser();
  yield* storage.transact(({ users, credentials }) =>
    Effect.andThen(users.insert(tenant, jane), credentials.put(tenant, jane.id, "hash", moment())),
  );
  return jane;
});

/** Many callers at once, over two openings of one database: exactly one of them wins. */
export const races: Room = {
  about: "races",
  cases: {
    ...forEachOf(namings, ([what]) => `of ${callers} callers who insert ${what} exactly one succeeds`, oneIsInserted),

    [`of ${callers} callers who rotate one token exactly one succeeds`]: Effect.fnUntraced(function* (storage, again) {
      const session = aSession((yield* insertJane(storage)).id);
      yield* storage.transact(({ sessions }) => sessions.insert(tenant, session, "hash"));
      const exits = yield* race(yield* bothOf(storage, again), (each, caller) =>
        each.transact(({ sessions }) =>
          sessions.rotate(tenant, aRotation(session.id, { successorHash: aHash(caller + 2) })),
        ),
      );
      assert.equal(wins(exits), 1);
      const winner = exits.findIndex((exit) => Exit.isSuccess(exit) && exit.value);
      const found = Option.getOrUndefined(yield* storage.sessions.find(tenant, session.id));
      assert.deepEqual(found?.refreshHash, aHash(winner + 2));
    }),

    [`of ${callers} callers who use one token that works once exactly one succeeds`]: Effect.fnUntraced(
      function* (storage, again) {
        const token = aOneTimeToken((yield* insertJane(storage)).id);
        yield* storage.transact(({ oneTimeTokens }) => oneTimeTokens.insert(tenant, token));
        const exits = yield* race(yield* bothOf(storage, again), (each) =>
          each.transact(({ oneTimeTokens }) =>
            Effect.map(oneTimeTokens.consume(tenant, token.hash, token.purpose, moment(1)), Option.isSome),
          ),
        );
        assert.equal(wins(exits), 1);
      },
    ),

    [`of ${callers} callers who show one code of a second factor exactly one is accepted`]: Effect.fnUntraced(
      function* (storage, again) {
        const factor = aSecondFactor((yield* insertJane(storage)).id);
        yield* storage.transact(({ secondFactors }) => secondFactors.insert(tenant, factor));
        const exits = yield* race(yield* bothOf(storage, again), (each) =>
          each.transact(({ secondFactors }) => secondFactors.accept(tenant, factor.id, 7, moment(1))),
        );
        assert.equal(wins(exits), 1);
      },
    ),

    [`of ${callers} callers who show one recovery code exactly one is accepted`]: Effect.fnUntraced(
      function* (storage, again) {
        const { id } = yield* insertJane(storage);
        yield* storage.transact(({ secondFactors }) => secondFactors.replaceRecoveryCodes(tenant, id, [aHash(1)]));
        const exits = yield* race(yield* bothOf(storage, again), (each) =>
          each.transact(({ secondFactors }) => secondFactors.consumeRecoveryCode(tenant, id, aHash(1))),
        );
        assert.equal(wins(exits), 1);
      },
    ),

    [`of ${callers} callers who insert the first key exactly one succeeds`]: Effect.fnUntraced(
      function* (storage, again) {
        const exits = yield* race(yield* bothOf(storage, again), (each) =>
          each.transact(({ keys }) => keys.insert(aKey())),
        );
        assert.equal(wins(exits), 1);
        assert.equal((yield* storage.keys.list()).length, 1);
      },
    ),

    [`of ${callers} callers who make a successor of one key exactly one succeeds`]: Effect.fnUntraced(
      function* (storage, again) {
        const first = aKey();
        yield* storage.transact(({ keys }) => keys.insert(first));
        const exits = yield* race(yield* bothOf(storage, again), (each) =>
          each.transact(({ keys }) => keys.insert(aKey({ follows: first.id }))),
        );
        assert.equal(wins(exits), 1);
        assert.equal((yield* storage.keys.list()).length, 2);
      },
    ),

    [`of ${callers} callers who update one version exactly one succeeds`]: Effect.fnUntraced(
      function* (storage, again) {
        const jane = yield* insertJane(storage);
        const exits = yield* race(yield* bothOf(storage, again), (each, caller) =>
          each.transact(({ users }) => users.update(tenant, jane, changed(jane, { firstName: `caller ${caller}` }))),
        );
        assert.equal(wins(exits), 1);
        const winner = exits.findIndex((exit) => Exit.isSuccess(exit) && exit.value);
        const found = Option.getOrUndefined(yield* storage.users.find(tenant, jane.id));
        assert.deepEqual([found?.version, found?.firstName], [2, `caller ${winner}`]);
      },
    ),

    [`of ${callers} callers who replace one password hash exactly one succeeds`]: Effect.fnUntraced(
      function* (storage, again) {
        const jane = yield* insertJane(storage);
        const exits = yield* race(yield* bothOf(storage, again), (each, caller) =>
          each.transact(({ credentials }) =>
            credentials.replace(tenant, jane.id, "hash", `new hash ${caller}`, moment()),
          ),
        );
        assert.equal(wins(exits), 1);
      },
    ),

    [`of ${callers} callers who revoke one session exactly one is told so`]: Effect.fnUntraced(
      function* (storage, again) {
        const session = aSession((yield* insertJane(storage)).id);
        yield* storage.transact(({ sessions }) => sessions.insert(tenant, session, "hash"));
        const exits = yield* race(yield* bothOf(storage, again), (each) =>
          each.transact(({ sessions }) => sessions.revoke(tenant, session.id, moment(1))),
        );
        assert.equal(wins(exits), 1);
      },
    ),

    [`${callers} callers who read, wait and write all count`]: Effect.fnUntraced(function* (storage, again) {
      const jane = yield* insertJane(storage);
      const exits = yield* race(yield* bothOf(storage, again), (each) =>
        each.transact(({ users }) =>
          Effect.gen(function* () {
            const before = Option.getOrThrow(yield* users.find(tenant, jane.id));
            yield* Effect.yieldNow;
            return yield* users.update(tenant, before, changed(before, {}));
          }),
        ),
      );
      assert.equal(wins(exits), callers);
      const found = Option.getOrUndefined(yield* storage.users.find(tenant, jane.id));
      assert.equal(found?.version, callers + 1);
    }),

    [`${callers} logins at once are all counted`]: Effect.fnUntraced(function* (storage, again) {
      const jane = yield* insertJane(storage);
      yield* race(yield* bothOf(storage, again), (each, caller) =>
        each.transact(({ users }) => users.recordLogin(tenant, jane.id, moment(caller))),
      );
      const found = Option.getOrUndefined(yield* storage.users.find(tenant, jane.id));
      assert.equal(found?.loginCount, callers);
    }),

    "two transactions that take away the last two admins cannot both succeed": Effect.fnUntraced(
      function* (storage, again) {
        const admins = [aUser({ role: "admin" }), aUser({ role: "admin" })] as const;
        yield* storage.transact(({ users }) => Effect.forEach(admins, (admin) => users.insert(tenant, admin)));
        const exits = yield* race(yield* bothOf(storage, again), (each, caller) => {
          const admin = admins[caller % 2 === 0 ? 0 : 1];
          return each.transact(({ users }) =>
            Effect.gen(function* () {
              if (!(yield* users.hasOtherEnabledAdmin(tenant, admin.id))) return yield* new LastAdmin();
              yield* Effect.yieldNow;
              return yield* users.update(tenant, admin, changed(admin, { status: "disabled" }));
            }),
          );
        });
        assert.deepEqual(
          failures(exits).filter((error) => error !== "LastAdmin"),
          [],
        );
        assert.equal(exits.filter((exit) => Exit.isSuccess(exit) && exit.value).length, 1);
        assert.equal(yield* storage.users.hasOtherEnabledAdmin(tenant, "nobody"), true);
      },
    ),

    [`${callers} transactions interrupted at any moment leave all of their writes or none`]: Effect.fnUntraced(
      function* (storage, again) {
        const storages = yield* bothOf(storage, again);
        const pairs = Array.from({ length: callers }, (_, caller) => [
          aUser({ id: `left-${caller}` }),
          aUser({ id: `right-${caller}` }),
        ]);
        const fibers = yield* Effect.forEach(pairs, (pair, caller) =>
          Effect.forkChild(
            storages[caller % 2 === 0 ? 0 : 1].transact(({ users }) =>
              Effect.forEach(pair, (user) => Effect.andThen(users.insert(tenant, user), Effect.yieldNow)),
            ),
          ),
        );
        const isStopped = (caller: number) => caller % 3 !== 0;
        for (const [caller, fiber] of fibers.entries()) {
          if (isStopped(caller)) yield* Fiber.interrupt(fiber);
          yield* Effect.yieldNow;
        }
        yield* Fiber.awaitAll(fibers);
        const found = yield* storage.users.list(tenant, {
          where: everyone,
          sortBy: "createdAt",
          descending: false,
          limit: 1000,
        });
        const ids = new Set(found.map(({ id }) => id));
        for (const caller of pairs.keys()) {
          const isThere = ids.has(`left-${caller}`);
          assert.equal(ids.has(`right-${caller}`), isThere, `caller ${caller} left half of a transaction`);
          if (!isStopped(caller)) assert.equal(isThere, true, `caller ${caller} was not interrupted`);
        }
      },
    ),

    "a user disabled while logins finish is left without a live session": Effect.fnUntraced(function* (storage, again) {
      const jane = yield* insertJane(storage);
      const exits = yield* race(yield* bothOf(storage, again), (each, caller) =>
        each.transact(({ users, sessions }) =>
          caller === 25
            ? users
                .update(tenant, jane, changed(jane, { status: "disabled" }))
                .pipe(Effect.andThen(sessions.revokeAll(tenant, jane.id, moment(1))), Effect.as(true))
            : sessions.insert(tenant, aSession(jane.id), "hash"),
        ),
      );
      assert.deepEqual(failures(exits), []);
      assert.deepEqual(yield* storage.sessions.list(tenant, jane.id, moment(2), 100), []);
    }),
  },
};
