import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { Grant, Grantee } from "../../grant/grant.ts";
import type { Group } from "../../group/group.ts";
import type { Storage } from "../../ports/storage.ts";
import type { User } from "../../user/user.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aGroup } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const insertUser = Effect.fnUntraced(function* (storage: Storage, overrides: Partial<User> = {}) {
  const user = aUser(overrides);
  yield* storage.transact(({ users }) => users.insert(tenant, user));
  return user;
});

const insertGroup = Effect.fnUntraced(function* (
  storage: Storage,
  members: readonly User[],
  overrides: Partial<Group> = {},
) {
  const group = aGroup(overrides);
  yield* storage.transact(({ groups }) =>
    Effect.andThen(
      groups.insert(tenant, group, 20),
      groups.addMembers(
        tenant,
        group.id,
        members.map(({ id }) => id),
        moment(),
      ),
    ),
  );
  return group;
});

const aGrant = (grantee: Grantee, resourceId: string, permission = "view", resourceType = "location"): Grant => ({
  ...grantee,
  resourceType,
  resourceId,
  permission,
});

const insert = (storage: Storage, ...grants: readonly Grant[]) =>
  storage.transact((stores) => stores.grants.insert(tenant, grants, moment()));

const remove = (storage: Storage, ...grants: readonly Grant[]) =>
  storage.transact((stores) => stores.grants.remove(tenant, grants));

const has = (storage: Storage, user: User, resourceId: string, permissions = ["view"], where = tenant) =>
  storage.grants.has(where, user.id, { resourceType: "location", resourceId }, permissions);

const reach = (storage: Storage, user: User, selection: object = {}) =>
  storage.grants.listReach(tenant, user.id, {
    resourceType: "location",
    permissions: ["view"],
    limit: 10,
    ...selection,
  });

/** What users and groups were granted. */
export const grants: Room = {
  about: "grants",
  cases: {
    "what was granted is there once, and what was taken back is not": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
      const blue = yield* insertGroup(storage, []);
      const all = [
        aGrant({ userId: jane.id }, "1"),
        aGrant({ userId: jane.id }, "1", "edit"),
        aGrant({ groupId: blue.id }, "1"),
      ];
      assert.deepEqual(yield* insert(storage, ...all, ...all), all);
      assert.deepEqual(yield* insert(storage, ...all, aGrant({ userId: john.id }, "2")), [
        aGrant({ userId: john.id }, "2"),
      ]);
      assert.equal(yield* has(storage, jane, "1"), true);
      assert.deepEqual(yield* remove(storage, ...all.slice(0, 1), aGrant({ userId: john.id }, "9")), all.slice(0, 1));
      assert.deepEqual(yield* remove(storage, ...all.slice(0, 1)), []);
      assert.equal(yield* has(storage, jane, "1"), false);
      assert.equal(yield* has(storage, jane, "1", ["edit", "view"]), true);
    }),

    "a permission is had on that resource, of that type, in that tenant, by that user": Effect.fnUntraced(
      function* (storage) {
        const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
        yield* insert(storage, aGrant({ userId: jane.id }, "1"), aGrant({ userId: jane.id }, "2", "view", "thing"));
        assert.equal(yield* has(storage, jane, "1"), true);
        assert.equal(yield* has(storage, jane, "1", ["edit"]), false);
        assert.equal(yield* has(storage, jane, "2"), false);
        assert.equal(yield* has(storage, jane, "1", ["view"], "other"), false);
        assert.equal(yield* has(storage, john, "1"), false);
      },
    ),

    "what was granted to a group counts for its members and those of groups below, not above or beside":
      Effect.fnUntraced(function* (storage) {
        const people = [yield* insertUser(storage), yield* insertUser(storage), yield* insertUser(storage)] as const;
        const [boss, lead, hand] = people;
        const beside = yield* insertUser(storage);
        const top = yield* insertGroup(storage, [boss]);
        const middle = yield* insertGroup(storage, [lead], { parentId: top.id });
        yield* insertGroup(storage, [hand], { parentId: middle.id });
        yield* insertGroup(storage, [beside], { parentId: top.id });
        yield* insert(storage, aGrant({ groupId: middle.id }, "1"));
        const answers = yield* Effect.forEach([boss, lead, hand, beside], (user) => has(storage, user, "1"));
        assert.deepEqual(answers, [false, true, true, false]);
        assert.deepEqual(yield* Effect.forEach([boss, hand], (user) => reach(storage, user)), [[], ["1"]]);
      }),

    "a disabled group passes nothing on, nor does a user who is not enabled have anything": Effect.fnUntraced(
      function* (storage) {
        const [jane, john] = [yield* insertUser(storage), yield* insertUser(storage)];
        const out = yield* insertUser(storage, { status: "disabled" });
        const top = yield* insertGroup(storage, [john]);
        const middle = yield* insertGroup(storage, [], { parentId: top.id, status: "disabled" });
        const bottom = yield* insertGroup(storage, [jane, out], { parentId: middle.id });
        yield* insert(
          storage,
          ...[top, middle, bottom].map((group) => aGrant({ groupId: group.id }, group.name)),
          aGrant({ userId: out.id }, "own"),
        );
        const names = [top.name, middle.name, bottom.name, "own"];
        for (const [user, expected] of [
          [jane, [bottom.name]],
          [john, [top.name]],
          [out, []],
        ] as const) {
          const had = yield* Effect.filter(names, (name) => has(storage, user, name));
          const found = yield* storage.grants.findAll(tenant, user.id, ["location"], names);
          assert.deepEqual(had, expected);
          assert.deepEqual(
            found.map(({ resourceId }) => resourceId),
            expected,
          );
          assert.deepEqual(yield* reach(storage, user), expected);
        }
      },
    ),

    "many resources are asked about at once": Effect.fnUntraced(function* (storage) {
      const jane = yield* insertUser(storage);
      const blue = yield* insertGroup(storage, [jane]);
      const [user, group] = [{ userId: jane.id }, { groupId: blue.id }];
      yield* insert(
        storage,
        aGrant(user, "1"),
        aGrant(group, "1"),
        aGrant(group, "1", "edit"),
        aGrant(user, "2", "edit"),
        aGrant(user, "3"),
        aGrant(user, "2", "view", "thing"),
      );
      const found = yield* storage.grants.findAll(tenant, jane.id, ["location"], ["1", "2", "9"]);
      const told = found.map(
        ({ resourceType, resourceId, permission }) => `${resourceType} ${resourceId} ${permission}`,
      );
      assert.deepEqual(told.sort(), ["location 1 edit", "location 1 view", "location 2 edit"]);
    }),

    "resources a user may act on are walked by id, each once, with any of the permissions": Effect.fnUntraced(
      function* (storage) {
        const jane = yield* insertUser(storage);
        const blue = yield* insertGroup(storage, [jane]);
        const [user, group] = [{ userId: jane.id }, { groupId: blue.id }];
        const grants = [
          ...["b", "d", "B"].map((id) => aGrant(user, id)),
          ...["a", "b", "c", "e"].map((id) => aGrant(group, id)),
          ...["b", "f"].map((id) => aGrant(user, id, "edit")),
          aGrant(user, "z", "own"),
          aGrant(user, "y", "view", "thing"),
        ];
        yield* insert(storage, ...grants);
        const either = { permissions: ["view", "edit"] };
        assert.deepEqual(yield* reach(storage, jane, either), ["B", "a", "b", "c", "d", "e", "f"]);
        assert.deepEqual(yield* reach(storage, jane, { ...either, limit: 3 }), ["B", "a", "b"]);
        assert.deepEqual(yield* reach(storage, jane, { ...either, limit: 3, after: "b" }), ["c", "d", "e"]);
        assert.deepEqual(yield* reach(storage, jane, { permissions: ["edit"] }), ["b", "f"]);
      },
    ),

    "grants are listed by who has them and by what they are on, page by page": Effect.fnUntraced(function* (storage) {
      const people = [yield* insertUser(storage), yield* insertUser(storage)];
      const [jane, john] = people.map(({ id }) => ({ userId: id })) as [Grantee, Grantee];
      const blue = { groupId: (yield* insertGroup(storage, [])).id };
      const ofJane = [
        aGrant(jane, "2", "edit"),
        aGrant(jane, "2"),
        aGrant(jane, "3"),
        aGrant(jane, "1", "view", "thing"),
      ];
      const others = [aGrant(blue, "2", "edit"), aGrant(blue, "2"), aGrant(john, "2")];
      yield* insert(storage, ...others, ...ofJane);
      const walk = Effect.fnUntraced(function* (
        next: (after: Grant | undefined) => Effect.Effect<readonly Grant[], unknown>,
      ) {
        const all: Grant[] = [];
        while (true) {
          const page = yield* next(all.at(-1));
          if (page.length === 0) return all;
          all.push(...page);
        }
      });
      const after = (grant: Grant | undefined) => ({ limit: 2, ...(grant !== undefined && { after: grant }) });
      assert.deepEqual(yield* walk((grant) => storage.grants.listOf(tenant, jane, after(grant))), ofJane);
      assert.deepEqual(yield* walk((grant) => storage.grants.listOf(tenant, blue, after(grant))), others.slice(0, 2));
      const resource = { resourceType: "location", resourceId: "2" };
      const onIt = [...others.slice(0, 2), ...ofJane.slice(0, 2), ...others.slice(2)];
      assert.deepEqual(yield* walk((grant) => storage.grants.listOn(tenant, resource, after(grant))), onIt);
      assert.deepEqual(yield* storage.grants.listOn("other", resource, { limit: 5 }), []);
    }),

    "grants go with their user or group": Effect.fnUntraced(function* (storage) {
      const jane = yield* insertUser(storage);
      const blue = yield* insertGroup(storage, []);
      yield* insert(storage, aGrant({ userId: jane.id }, "1"), aGrant({ groupId: blue.id }, "1"));
      yield* storage.transact(({ users, groups }) =>
        Effect.gen(function* () {
          yield* users.update(tenant, jane, changed(jane, { status: "deleted" }));
          yield* users.remove(tenant, jane.id);
          yield* groups.remove(tenant, blue.id, moment());
        }),
      );
      const resource = { resourceType: "location", resourceId: "1" };
      assert.deepEqual(yield* storage.grants.listOn(tenant, resource, { limit: 5 }), []);
    }),

    "of 10 callers who grant the same at once each grant is added by exactly one": Effect.fnUntraced(
      function* (storage, again) {
        const other = yield* again;
        const jane = yield* insertUser(storage);
        const wanted = ["1", "2", "3"].map((id) => aGrant({ userId: jane.id }, id));
        const added = yield* Effect.all(
          Array.from({ length: 10 }, (_, caller) => insert(caller % 2 === 0 ? storage : other, ...wanted)),
          { concurrency: "unbounded" },
        );
        const ids = added.flat().map(({ resourceId }) => resourceId);
        assert.deepEqual(ids.sort(), ["1", "2", "3"]);
      },
    ),
  },
};
