import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { Storage } from "../../ports/storage.ts";
import type { User } from "../../user/user.ts";
import { everyone, type UserPosition } from "../../user/user-condition.ts";
import type { UserSortField } from "../../user/user-filter.ts";
import { aUser, moment } from "../a-user.ts";
import { placeOf, sortFields } from "../place-of.ts";
import { forEachOf, type Room, type Scenario, tenant } from "./room.ts";

/** Few values for many users, so that most of them tie; ids whose order differs by case and by locale. */
const crowd: readonly User[] = Array.from({ length: 60 }, (_, number) => {
  const id = `${["a", "B", "Z", "z", "~", "_"][number % 6]}${(number * 7) % 60}`;
  const among = <Value>(values: readonly Value[]): Value | null => values[number % values.length] ?? null;
  return aUser({
    id,
    username: number % 4 === 0 ? null : `u-${id}-${number}`,
    email: number % 4 === 0 || number % 5 === 0 ? `e-${id.replace(/[^a-z0-9]/i, "x")}-${number}@x.test` : null,
    firstName: among([null, "Ann", "ann", "ＡＮＮ", "Ärger", "zoë", "\u{1F600}", "\uFF21"]),
    lastName: among([null, "O'Hara", "\uE000", "\u{10400}"]),
    createdAt: moment(number % 3),
    updatedAt: among([null, moment(5), moment(6)]),
    lastLoginAt: among([null, null, moment(7), moment(8), new Date(0)]),
    loginCount: 1,
  });
});

const insertAll = (storage: Storage, people: readonly User[]) =>
  storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user), { discard: true }));

const walk = Effect.fnUntraced(function* (storage: Storage, sortBy: UserSortField, descending: boolean, limit: number) {
  const ids: string[] = [];
  let after: UserPosition | undefined;
  for (;;) {
    const from = after === undefined ? {} : { after };
    const page = yield* storage.users.list(tenant, { where: everyone, sortBy, descending, limit, ...from });
    ids.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (last === undefined || ids.length > crowd.length) return ids;
    after = placeOf(last, sortBy);
  }
});

const walksBothWays = (sortBy: UserSortField): Scenario =>
  Effect.fnUntraced(function* (storage) {
    yield* insertAll(storage, crowd);
    const whole = yield* storage.users.list(tenant, { where: everyone, sortBy, descending: false, limit: 1000 });
    const ids = whole.map(({ id }) => id);
    assert.equal(new Set(ids).size, crowd.length);
    for (const limit of [1, 7, 60]) {
      assert.deepEqual(yield* walk(storage, sortBy, false, limit), ids);
      assert.deepEqual(yield* walk(storage, sortBy, true, limit), ids.toReversed());
    }
  });

const goesOnFromEachPlace = (sortBy: UserSortField): Scenario =>
  Effect.fnUntraced(function* (storage) {
    yield* insertAll(storage, crowd);
    const list = (descending: boolean, after?: UserPosition) =>
      Effect.map(
        storage.users.list(tenant, { where: everyone, sortBy, descending, limit: 1000, ...(after && { after }) }),
        (page) => page.map(({ id }) => id),
      );
    const ids = yield* list(false);
    for (const user of crowd) {
      const [at, place] = [ids.indexOf(user.id), placeOf(user, sortBy)];
      assert.deepEqual(yield* list(false, place), ids.slice(at + 1));
      assert.deepEqual(yield* list(true, place), ids.slice(0, at).reverse());
    }
  });

/** Walking a list from place to place. */
export const cursors: Room = {
  about: "cursors",
  cases: {
    ...forEachOf(
      sortFields,
      (field) => `a walk by ${field} meets every user once, both ways, ties or not`,
      walksBothWays,
    ),

    ...forEachOf(sortFields, (field) => `a list by ${field} goes on from the place of any user`, goesOnFromEachPlace),

    "a place works when nobody stands there any more": Effect.fnUntraced(function* (storage) {
      const named = (id: string, lastName: string | null) => aUser({ id, lastName });
      yield* insertAll(storage, [named("a", "B"), named("b", "D"), named("c", null)]);
      const list = (descending: boolean, after: UserPosition) =>
        Effect.map(
          storage.users.list(tenant, { where: everyone, sortBy: "lastName", descending, limit: 10, after }),
          (page) => page.map(({ id }) => id),
        );
      assert.deepEqual(yield* list(false, { key: "c", id: "z" }), ["b"]);
      assert.deepEqual(yield* list(true, { key: "c", id: "z" }), ["a", "c"]);
      assert.deepEqual(yield* list(false, { key: "", id: "" }), ["c", "a", "b"]);
      assert.deepEqual(yield* list(false, { key: "d", id: "b" }), []);
    }),

    "users who join before the place do not disturb the walk": Effect.fnUntraced(function* (storage) {
      yield* insertAll(storage, [aUser({ id: "b" }), aUser({ id: "d" })]);
      const after = { key: moment().getTime(), id: "b" };
      yield* insertAll(storage, [aUser({ id: "a" }), aUser({ id: "c" })]);
      const page = yield* storage.users.list(tenant, {
        where: everyone,
        sortBy: "createdAt",
        descending: false,
        limit: 10,
        after,
      });
      assert.deepEqual(
        page.map(({ id }) => id),
        ["c", "d"],
      );
    }),

    "an offset counts from the place": Effect.fnUntraced(function* (storage) {
      yield* insertAll(
        storage,
        ["a", "b", "c", "d", "e"].map((id) => aUser({ id })),
      );
      const after = { key: moment().getTime(), id: "b" };
      const selection = {
        where: everyone,
        sortBy: "createdAt",
        descending: false,
        limit: 1,
        offset: 1,
        after,
      } as const;
      assert.deepEqual(
        (yield* storage.users.list(tenant, selection)).map(({ id }) => id),
        ["d"],
      );
    }),
  },
};
