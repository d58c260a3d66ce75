import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoredSecondFactor } from "../../ports/second-factor-store.ts";
import type { Storage } from "../../ports/storage.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aHash, aSecondFactor } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const insertUser = Effect.fnUntraced(function* (storage: Storage) {
  const user = aUser();
  yield* storage.transact(({ users }) => users.insert(tenant, user));
  return user;
});

const insert = (storage: Storage, factor: StoredSecondFactor) =>
  storage.transact(({ secondFactors }) => secondFactors.insert(tenant, factor));

const accept = (storage: Storage, { id }: StoredSecondFactor, step: number, at = moment(1), where = tenant) =>
  storage.transact(({ secondFactors }) => secondFactors.accept(where, id, step, at));

/** Second factors and recovery codes. */
export const secondFactors: Room = {
  about: "second factors",
  cases: {
    "a factor comes back as it was inserted, in its tenant only": Effect.fnUntraced(function* (storage) {
      const jane = yield* insertUser(storage);
      const factor = aSecondFactor(jane.id, { confirmedAt: moment(5), lastUsedAt: moment(6), lastStep: 59_000_000 });
      yield* insert(storage, factor);
      assert.deepEqual(yield* storage.secondFactors.find(tenant, factor.id), Option.some(factor));
      assert.deepEqual(yield* storage.secondFactors.find("other", factor.id), Option.none());
      assert.deepEqual(yield* storage.secondFactors.list("other", jane.id), []);
    }),

    "the factors of a user come in the order of their creation": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
      const later = aSecondFactor(jane.id, { createdAt: moment(9) });
      const earlier = aSecondFactor(jane.id, { createdAt: moment(3) });
      for (const factor of [later, earlier, aSecondFactor(john.id)]) yield* insert(storage, factor);
      assert.deepEqual(yield* storage.secondFactors.list(tenant, jane.id), [earlier, later]);
    }),

    "the first accepted code confirms a factor, the next ones do not": Effect.fnUntraced(function* (storage) {
      const factor = aSecondFactor((yield* insertUser(storage)).id);
      yield* insert(storage, factor);
      assert.equal(yield* accept(storage, factor, 7, moment(10)), true);
      assert.equal(yield* accept(storage, factor, 8, moment(20)), true);
      assert.deepEqual(
        yield* storage.secondFactors.find(tenant, factor.id),
        Option.some({ ...factor, confirmedAt: moment(10), lastUsedAt: moment(20), lastStep: 8 }),
      );
    }),

    "the code of a step is accepted once, and none of an earlier step after it": Effect.fnUntraced(function* (storage) {
      const factor = aSecondFactor((yield* insertUser(storage)).id);
      yield* insert(storage, factor);
      assert.equal(yield* accept(storage, factor, 7, moment(1), "other"), false);
      const outcomes = [];
      for (const step of [7, 7, 6, 9, 8, 9, 10]) outcomes.push(yield* accept(storage, factor, step));
      assert.deepEqual(outcomes, [true, false, false, true, false, false, true]);
    }),

    "a factor is renamed and removed, and then it is gone": Effect.fnUntraced(function* (storage) {
      const factor = aSecondFactor((yield* insertUser(storage)).id);
      yield* insert(storage, factor);
      const rename = (where: string) =>
        storage.transact(({ secondFactors: factors }) => factors.rename(where, factor.id, "Näme"));
      const remove = (where: string) =>
        storage.transact(({ secondFactors: factors }) => factors.remove(where, factor.id));
      assert.deepEqual([yield* rename("other"), yield* rename(tenant)], [false, true]);
      const found = yield* storage.secondFactors.find(tenant, factor.id);
      assert.deepEqual(found, Option.some({ ...factor, name: "Näme" }));
      assert.deepEqual([yield* remove("other"), yield* remove(tenant), yield* remove(tenant)], [false, true, false]);
      assert.deepEqual([yield* rename(tenant), yield* accept(storage, factor, 7)], [false, false]);
      assert.deepEqual(yield* storage.secondFactors.find(tenant, factor.id), Option.none());
    }),

    "a recovery code is used once, by its user, and a new set takes the place of the old one": Effect.fnUntraced(
      function* (storage) {
        const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
        const replace = (hashes: readonly Uint8Array[]) =>
          storage.transact(({ secondFactors: factors }) => factors.replaceRecoveryCodes(tenant, jane.id, hashes));
        const consume = (userId: string, hash: Uint8Array, where = tenant) =>
          storage.transact(({ secondFactors: factors }) => factors.consumeRecoveryCode(where, userId, hash));
        yield* replace([aHash(1), aHash(2)]);
        assert.equal(yield* storage.secondFactors.countRecoveryCodes(tenant, jane.id), 2);
        assert.equal(yield* consume(john.id, aHash(1)), false);
        assert.equal(yield* consume(jane.id, aHash(1), "other"), false);
        assert.deepEqual([yield* consume(jane.id, aHash(1)), yield* consume(jane.id, aHash(1))], [true, false]);
        assert.equal(yield* storage.secondFactors.countRecoveryCodes(tenant, jane.id), 1);
        yield* replace([aHash(3), aHash(4), aHash(5)]);
        assert.equal(yield* consume(jane.id, aHash(2)), false);
        assert.equal(yield* storage.secondFactors.countRecoveryCodes(tenant, jane.id), 3);
        assert.equal(yield* storage.secondFactors.countRecoveryCodes(tenant, john.id), 0);
      },
    ),

    "the factors and recovery codes of a user go with the user": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
      const [factor, johns] = [aSecondFactor(jane.id), aSecondFactor(john.id)];
      yield* insert(storage, factor);
      yield* insert(storage, johns);
      yield* storage.transact(({ users, secondFactors: factors }) =>
        Effect.gen(function* () {
          yield* factors.replaceRecoveryCodes(tenant, jane.id, [aHash(1)]);
          yield* users.update(tenant, jane, changed(jane, { status: "deleted" }));
          yield* users.remove(tenant, jane.id);
        }),
      );
      assert.deepEqual(yield* storage.secondFactors.list(tenant, jane.id), []);
      assert.equal(yield* storage.secondFactors.countRecoveryCodes(tenant, jane.id), 0);
      assert.deepEqual(yield* storage.secondFactors.list(tenant, john.id), [johns]);
    }),
  },
};
