import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import { GroupCycle, GroupIdTaken, GroupNotFound, GroupTooDeep } from "../../errors.ts";
import type { Group } from "../../group/group.ts";
import type { Storage } from "../../ports/storage.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aGroup } from "../fixtures.ts";
import { errorOf, type Room, tenant } from "./room.ts";

const depth = 20;

const insertGroup = Effect.fnUntraced(function* (storage: Storage, overrides: Partial<Group> = {}, where = tenant) {
  const group = aGroup(overrides);
  yield* storage.transact(({ groups }) => groups.insert(where, group, depth));
  return group;
});

const insertUser = Effect.fnUntraced(function* (storage: Storage) {
  const user = aUser();
  yield* storage.transact(({ users }) => users.insert(tenant, user));
  return user;
});

/** The group as it is now, moved. */
const move = (storage: Storage, id: string, parentId: string | null, maximumDepth = depth) =>
  storage.transact(({ groups }) =>
    Effect.gen(function* () {
      const before = Option.getOrThrow(yield* groups.find(tenant, id));
      const after = { ...before, parentId, updatedAt: moment(1), version: before.version + 1 };
      return yield* groups.move(tenant, before, after, maximumDepth);
    }),
  );

const above = (storage: Storage, id: string) =>
  Effect.map(storage.groups.listAncestors(tenant, id), (groups) => groups.map((group) => group.id));

const ids = (groups: readonly Group[]): readonly string[] => groups.map(({ id }) => id);

/** Groups, their tree and their members. */
export const groups: Room = {
  about: "groups",
  cases: {
    "a group comes back as it was inserted, in its tenant only": Effect.fnUntraced(function* (storage) {
      const group = yield* insertGroup(storage, {
        name: "Größe ≥ 1",
        description: "where 'quotes' stand",
        metadata: { floor: { at: 3 }, rooms: [1, "two"] },
        status: "disabled",
        updatedAt: moment(5),
        version: 4,
      });
      assert.deepEqual(yield* storage.groups.find(tenant, group.id), Option.some(group));
      assert.deepEqual(yield* storage.groups.find("other", group.id), Option.none());
      assert.ok((yield* errorOf(insertGroup(storage, { id: group.id }))) instanceof GroupIdTaken);
      yield* insertGroup(storage, { id: group.id }, "other");
    }),

    "a group changes if nobody changed it meanwhile, and stays where it is": Effect.fnUntraced(function* (storage) {
      const [top, group] = [yield* insertGroup(storage), yield* insertGroup(storage)];
      const after: Group = { ...group, name: "Blue", status: "disabled", updatedAt: moment(3), version: 2 };
      const update = (to: Group) => storage.transact((stores) => stores.groups.update(tenant, group, to));
      assert.equal(yield* update({ ...after, parentId: top.id }), true);
      assert.equal(yield* update({ ...after, name: "Red" }), false);
      assert.deepEqual(yield* storage.groups.find(tenant, group.id), Option.some(after));
    }),

    "the groups above a group are its parent and those above that": Effect.fnUntraced(function* (storage) {
      const top = yield* insertGroup(storage);
      const middle = yield* insertGroup(storage, { parentId: top.id });
      const bottom = yield* insertGroup(storage, { parentId: middle.id });
      assert.deepEqual(yield* storage.groups.listAncestors(tenant, bottom.id), [middle, top]);
      assert.deepEqual(yield* storage.groups.listAncestors("other", bottom.id), []);
      const orphan = yield* errorOf(insertGroup(storage, { parentId: "nobody" }));
      assert.ok(orphan instanceof GroupNotFound);
    }),

    "a group moves with everything below it": Effect.fnUntraced(function* (storage) {
      const [left, right] = [yield* insertGroup(storage), yield* insertGroup(storage)];
      const middle = yield* insertGroup(storage, { parentId: left.id });
      const bottom = yield* insertGroup(storage, { parentId: middle.id });
      assert.equal(yield* move(storage, middle.id, right.id), true);
      assert.deepEqual(yield* above(storage, bottom.id), [middle.id, right.id]);
      assert.deepEqual(yield* above(storage, middle.id), [right.id]);
      yield* move(storage, middle.id, null);
      assert.deepEqual(yield* above(storage, bottom.id), [middle.id]);
      assert.deepEqual(yield* above(storage, middle.id), []);
    }),

    "a group does not come to stand below itself": Effect.fnUntraced(function* (storage) {
      const top = yield* insertGroup(storage);
      const middle = yield* insertGroup(storage, { parentId: top.id });
      const bottom = yield* insertGroup(storage, { parentId: middle.id });
      for (const parent of [top, middle, bottom]) {
        assert.ok((yield* errorOf(move(storage, top.id, parent.id))) instanceof GroupCycle);
      }
      assert.ok((yield* errorOf(move(storage, top.id, "nobody"))) instanceof GroupNotFound);
      assert.deepEqual(yield* above(storage, bottom.id), [middle.id, top.id]);
    }),

    "no group gets deeper than allowed, by itself or with what is above it": Effect.fnUntraced(function* (storage) {
      const top = yield* insertGroup(storage);
      const second = yield* insertGroup(storage, { parentId: top.id });
      const insert = (group: Group) => storage.transact((stores) => stores.groups.insert(tenant, group, 2));
      assert.ok((yield* errorOf(insert(aGroup({ parentId: second.id })))) instanceof GroupTooDeep);
      const other = yield* insertGroup(storage);
      assert.ok((yield* errorOf(move(storage, top.id, other.id, 2))) instanceof GroupTooDeep);
      assert.equal(yield* move(storage, top.id, other.id, 3), true);
      assert.deepEqual(yield* above(storage, second.id), [top.id, other.id]);
    }),

    "a group that goes leaves its children at the top, with what is below them": Effect.fnUntraced(function* (storage) {
      const top = yield* insertGroup(storage);
      const middle = yield* insertGroup(storage, { parentId: top.id });
      const child = yield* insertGroup(storage, { parentId: middle.id });
      const bottom = yield* insertGroup(storage, { parentId: child.id });
      const remove = () => storage.transact((stores) => stores.groups.remove(tenant, middle.id, moment(9)));
      assert.equal(yield* remove(), true);
      assert.equal(yield* remove(), false);
      assert.deepEqual(yield* storage.groups.find(tenant, middle.id), Option.none());
      const moved: Group = { ...child, parentId: null, updatedAt: moment(9), version: 2 };
      assert.deepEqual(yield* storage.groups.find(tenant, child.id), Option.some(moved));
      assert.deepEqual(yield* above(storage, bottom.id), [child.id]);
      assert.deepEqual(yield* above(storage, top.id), []);
    }),

    "groups are listed by name and counted, all of them or those with a parent, a member or a status":
      Effect.fnUntraced(function* (storage) {
        const zoo = yield* insertGroup(storage, { name: "zoo" });
        const ant = yield* insertGroup(storage, { name: "Ant", parentId: zoo.id });
        const bee = yield* insertGroup(storage, { name: "bee", parentId: zoo.id, status: "disabled" });
        const twin = yield* insertGroup(storage, { name: "BEE" });
        yield* insertGroup(storage, { name: "bee" }, "other");
        const jane = yield* insertUser(storage);
        yield* storage.transact((stores) => stores.groups.addMembers(tenant, bee.id, [jane.id], moment()));
        const list = (filter: object) => Effect.map(storage.groups.list(tenant, { limit: 10, ...filter }), ids);
        assert.deepEqual(yield* list({}), [ant.id, bee.id, twin.id, zoo.id]);
        assert.deepEqual(yield* list({ after: { key: "bee", id: bee.id }, limit: 1 }), [twin.id]);
        assert.deepEqual(yield* list({ parentId: null }), [twin.id, zoo.id]);
        assert.deepEqual(yield* list({ parentId: zoo.id }), [ant.id, bee.id]);
        assert.deepEqual(yield* list({ memberId: jane.id }), [bee.id]);
        assert.deepEqual(yield* list({ status: "disabled" }), [bee.id]);
        assert.equal(yield* storage.groups.count(tenant, {}), 4);
        assert.equal(yield* storage.groups.count(tenant, {}, 3), 3);
        assert.equal(yield* storage.groups.count(tenant, { parentId: zoo.id, status: "enabled" }), 1);
      }),

    "members are added and removed once, listed by id, and go with user and group": Effect.fnUntraced(
      function* (storage) {
        const [blue, red] = [yield* insertGroup(storage), yield* insertGroup(storage)];
        const people = [yield* insertUser(storage), yield* insertUser(storage), yield* insertUser(storage)];
        const [jane, john, joan] = people.map(({ id }) => id).sort() as [string, string, string];
        const add = (id: string, userIds: readonly string[]) =>
          storage.transact((stores) => stores.groups.addMembers(tenant, id, userIds, moment()));
        const membersOf = (id: string) => storage.groups.listMembers(tenant, id, { limit: 10 });
        assert.deepEqual(yield* add(blue.id, [jane, john, jane]), [jane, john]);
        assert.deepEqual(yield* add(blue.id, [john, joan]), [joan]);
        yield* add(red.id, [jane, john]);
        assert.deepEqual(yield* membersOf(blue.id), [jane, john, joan]);
        const page = { limit: 1, afterUserId: jane };
        assert.deepEqual(yield* storage.groups.listMembers(tenant, blue.id, page), [john]);
        assert.equal(yield* storage.groups.countMembers(tenant, blue.id), 3);
        assert.equal(yield* storage.groups.countMembers(tenant, blue.id, 2), 2);
        const remove = storage.transact((stores) => stores.groups.removeMembers(tenant, blue.id, [john, "nobody"]));
        assert.deepEqual(yield* remove, [john]);
        assert.deepEqual(yield* remove, []);
        const user = people.find(({ id }) => id === jane) ?? assert.fail();
        yield* storage.transact(({ users }) =>
          Effect.andThen(users.update(tenant, user, changed(user, { status: "deleted" })), users.remove(tenant, jane)),
        );
        assert.deepEqual(yield* membersOf(blue.id), [joan]);
        yield* storage.transact((stores) => stores.groups.remove(tenant, red.id, moment()));
        assert.deepEqual(yield* storage.groups.list(tenant, { memberId: john, limit: 10 }), []);
      },
    ),

    "of two groups that are moved below each other at once exactly one moves": Effect.fnUntraced(
      function* (storage, again) {
        const other = yield* again;
        for (let round = 0; round < 5; round++) {
          const [left, right] = [yield* insertGroup(storage), yield* insertGroup(storage)];
          const below = yield* insertGroup(storage, { parentId: left.id });
          const exits = yield* Effect.all(
            [move(storage, left.id, right.id), move(other, right.id, below.id)].map((call) => Effect.exit(call)),
            { concurrency: "unbounded" },
          );
          assert.equal(exits.filter(Exit.isSuccess).length, 1);
          const [error] = exits.flatMap((exit) => (Exit.isFailure(exit) ? exit.cause.reasons : []));
          assert.ok(error?._tag === "Fail" && error.error instanceof GroupCycle);
          const chain = yield* above(storage, below.id);
          assert.deepEqual(chain, Exit.isSuccess(exits[0] ?? assert.fail()) ? [left.id, right.id] : [left.id]);
        }
      },
    ),

    "a group that is moved while one is added below it takes that along": Effect.fnUntraced(function* (storage, again) {
      const other = yield* again;
      const [top, group] = [yield* insertGroup(storage), yield* insertGroup(storage)];
      const children = Array.from({ length: 8 }, () => aGroup({ parentId: group.id }));
      const adding = children.map((child) => other.transact((stores) => stores.groups.insert(tenant, child, depth)));
      yield* Effect.all([...adding.slice(0, 4), move(storage, group.id, top.id), ...adding.slice(4)], {
        concurrency: "unbounded",
        discard: true,
      });
      for (const { id } of children) assert.deepEqual(yield* above(storage, id), [group.id, top.id]);
    }),
  },
};
