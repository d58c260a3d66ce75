import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import { legalMoves } from "../../user/lifecycle.ts";
import type { UserStatus } from "../../user/user.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { forEachOf, type Room, type Scenario, tenant } from "./room.ts";

const statuses: readonly UserStatus[] = ["pending", "enabled", "disabled", "deleted"];
const moves = statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => [from, to] as const));
const isLegal = ([from, to]: readonly [UserStatus, UserStatus]): boolean =>
  legalMoves.some(([legalFrom, legalTo]) => legalFrom === from && legalTo === to);

const makesTheMove = ([from, to]: readonly [UserStatus, UserStatus]): Scenario =>
  Effect.fnUntraced(function* (storage) {
    const before = aUser({ status: from });
    const after = changed(before, { status: to });
    yield* storage.transact(({ users }) => users.insert(tenant, before));
    assert.equal(yield* storage.transact(({ users }) => users.update(tenant, before, after)), true);
    assert.deepEqual(yield* storage.users.find(tenant, before.id), Option.some(after));
  });

const diesOfTheMove = ([from, to]: readonly [UserStatus, UserStatus]): Scenario =>
  Effect.fnUntraced(function* (storage) {
    const before = aUser({ status: from });
    yield* storage.transact(({ users }) => users.insert(tenant, before));
    const exit = yield* Effect.exit(
      storage.transact(({ users }) => users.update(tenant, before, changed(before, { status: to }))),
    );
    assert.equal(Exit.hasDies(exit), true);
    assert.deepEqual(yield* storage.users.find(tenant, before.id), Option.some(before));
  });

/** The lifecycle as stores hold it: legal moves, the last admin, and what is due to be purged. */
export const lifecycle: Room = {
  about: "lifecycle",
  cases: {
    ...forEachOf(moves.filter(isLegal), ([from, to]) => `a user moves from ${from} to ${to}`, makesTheMove),

    ...forEachOf(
      moves.filter((move) => !isLegal(move)),
      ([from, to]) => `a move from ${from} to ${to} is a defect and changes nothing`,
      diesOfTheMove,
    ),

    "another enabled admin is one who is an admin, enabled, somebody else and of the tenant": Effect.fnUntraced(
      function* (storage) {
        const hasOther = (id: string) => storage.users.hasOtherEnabledAdmin(tenant, id);
        const insert = (where: string, user: ReturnType<typeof aUser>) =>
          storage.transact(({ users }) => users.insert(where, user));
        const admin = aUser({ role: "admin" });
        yield* insert(tenant, admin);
        yield* insert(tenant, aUser({ role: "user" }));
        yield* insert(tenant, aUser({ role: "admin", status: "pending" }));
        yield* insert(tenant, aUser({ role: "admin", status: "disabled" }));
        yield* insert(tenant, aUser({ role: "admin", status: "deleted" }));
        yield* insert("other", aUser({ role: "admin" }));
        assert.equal(yield* hasOther(admin.id), false);
        assert.equal(yield* hasOther("somebody"), true);
        yield* insert(tenant, aUser({ role: "admin" }));
        assert.equal(yield* hasOther(admin.id), true);
      },
    ),

    "those deleted before an instant are listed oldest first, ties by id": Effect.fnUntraced(function* (storage) {
      const deletedAt = (id: string, milliseconds: number) =>
        aUser({ id, status: "deleted", deletedAt: moment(milliseconds) });
      const people = [
        deletedAt("d", 30),
        deletedAt("c", 10),
        deletedAt("B", 20),
        deletedAt("a", 20),
        deletedAt("e", 40),
        aUser({ id: "alive" }),
      ];
      yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
      yield* storage.transact(({ users }) => users.insert("other", deletedAt("elsewhere", 1)));
      assert.deepEqual(yield* storage.users.listDeletedBefore(tenant, moment(40), 10), ["c", "B", "a", "d"]);
      assert.deepEqual(yield* storage.users.listDeletedBefore(tenant, moment(40), 2), ["c", "B"]);
      assert.deepEqual(yield* storage.users.listDeletedBefore(tenant, moment(40), 2, 1), ["B", "a"]);
      assert.deepEqual(yield* storage.users.listDeletedBefore(tenant, moment(40), 2, 4), []);
      assert.deepEqual(yield* storage.users.listDeletedBefore(tenant, moment(10), 10), []);
    }),
  },
};
