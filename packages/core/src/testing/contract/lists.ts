import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { User } from "../../user/user.ts";
import { everyone, type UserCondition } from "../../user/user-condition.ts";
import type { UserSortField } from "../../user/user-filter.ts";
import { aUser, moment } from "../a-user.ts";
import { forEachOf, type Room, type Scenario, tenant } from "./room.ts";

const ann = aUser({
  id: "ann",
  username: "Ann",
  email: "ann_%@x.test",
  firstName: "Ann",
  lastName: "O'Hara",
  displayName: "100% \\Ann_",
  phoneNumber: "+1 555",
  locale: "pt-BR",
  pictureUrl: "https://x.test/Ann.png",
  tags: ["red", "Blue"],
  metadata: { team: "blue", size: 3, nested: { list: [1, "two", { deep: true }] }, nothing: null },
  role: "admin",
  ownerId: "bob",
  createdAt: moment(10),
  updatedAt: moment(20),
  updatedBy: "bob",
  emailVerifiedAt: moment(5),
  firstLoginAt: moment(30),
  lastLoginAt: moment(40),
  loginCount: 2,
  version: 3,
});
const bob = aUser({
  id: "bob",
  username: "bob\u{1F600}",
  firstName: "ＢＯＢ",
  lastName: "Strauß",
  tags: ["blue"],
  metadata: { team: "red", size: 30 },
  privateMetadata: { note: "vip" },
  status: "disabled",
  createdAt: moment(20),
});
const cec = aUser({
  id: "cec",
  username: null,
  email: "Cécile@X.test",
  firstName: "Cécile",
  status: "deleted",
  deletedAt: moment(50),
  createdAt: moment(30),
});
const people: readonly User[] = [ann, bob, cec];

type Finding = readonly [what: string, condition: UserCondition, finds: string];

const not = (of: UserCondition): UserCondition => ({ kind: "not", of });
const search = (text: string): UserCondition => ({
  kind: "search",
  fields: ["username", "email", "firstName", "lastName", "displayName"],
  text,
});
const metadata = (part: User["metadata"]): UserCondition => ({ kind: "json", field: "metadata", part });

const findings: readonly Finding[] = [
  ["everyone", everyone, "ann bob cec"],
  ["any of no conditions", { kind: "any", of: [] }, ""],
  [
    "all of two conditions",
    { kind: "all", of: [search("ann"), { kind: "oneOf", field: "role", values: ["admin"] }] },
    "ann",
  ],
  ["any of two conditions", { kind: "any", of: [search("ann"), { kind: "absent", field: "username" }] }, "ann cec"],
  ["a status", { kind: "oneOf", field: "status", values: ["disabled"] }, "bob"],
  ["one of several ids", { kind: "oneOf", field: "id", values: ["ann", "cec", "CEC", "nobody"] }, "ann cec"],
  ["one of no ids", { kind: "oneOf", field: "id", values: [] }, ""],
  ["an owner", { kind: "oneOf", field: "ownerId", values: ["bob"] }, "ann"],
  ["an absent owner", { kind: "absent", field: "ownerId" }, "bob cec"],
  ["not an owner, absent ones included", not({ kind: "oneOf", field: "ownerId", values: ["bob"] }), "bob cec"],
  ["who changed it last", { kind: "oneOf", field: "updatedBy", values: ["bob"] }, "ann"],
  ["a username in comparable form", { kind: "oneOf", field: "username", values: ["ann"] }, "ann"],
  ["a full-width name by its plain form", { kind: "oneOf", field: "firstName", values: ["bob"] }, "bob"],
  ["a name with a sharp s by its folded form", { kind: "contains", field: "lastName", text: "auss" }, "bob"],
  ["an email with its accents", { kind: "prefix", field: "email", text: "cécile@x" }, "cec"],
  ["not an email, absent ones included", not({ kind: "contains", field: "email", text: "cécile" }), "ann bob"],
  ["an absent email", { kind: "absent", field: "email" }, "bob"],
  ["part of a name", { kind: "contains", field: "lastName", text: "'h" }, "ann"],
  ["the start of a name", { kind: "prefix", field: "firstName", text: "an" }, "ann"],
  ["no start in the middle of a name", { kind: "prefix", field: "firstName", text: "nn" }, ""],
  ["an empty part of a name that is there", { kind: "contains", field: "lastName", text: "" }, "ann bob"],
  ["a percent sign as itself", { kind: "contains", field: "displayName", text: "0%" }, "ann"],
  ["a percent sign as no wildcard", { kind: "contains", field: "displayName", text: "1%0" }, ""],
  ["an underscore as no wildcard", { kind: "contains", field: "firstName", text: "a_n" }, ""],
  ["a backslash as itself", { kind: "contains", field: "displayName", text: "\\a" }, "ann"],
  ["an emoji as itself", { kind: "contains", field: "username", text: "\u{1F600}" }, "bob"],
  ["a star and a bracket as themselves", { kind: "prefix", field: "username", text: "[a]*" }, ""],
  ["a phone number", { kind: "oneOf", field: "phoneNumber", values: ["+1 555"] }, "ann"],
  ["a locale, in its exact case", { kind: "oneOf", field: "locale", values: ["pt-BR"] }, "ann"],
  ["no locale in another case", { kind: "oneOf", field: "locale", values: ["pt-br"] }, ""],
  ["part of a picture's address, in its exact case", { kind: "contains", field: "pictureUrl", text: "Ann" }, "ann"],
  ["no picture's address in another case", { kind: "prefix", field: "pictureUrl", text: "HTTPS" }, ""],
  ["after an instant, exclusive", { kind: "after", field: "createdAt", value: moment(10).getTime() }, "bob cec"],
  ["before an instant, exclusive", { kind: "before", field: "createdAt", value: moment(30).getTime() }, "ann bob"],
  ["an instant", { kind: "equals", field: "deletedAt", value: moment(50).getTime() }, "cec"],
  ["before an instant, absent ones not", { kind: "before", field: "updatedAt", value: moment(99).getTime() }, "ann"],
  [
    "not before an instant, absent ones included",
    not({ kind: "before", field: "lastLoginAt", value: moment(99).getTime() }),
    "bob cec",
  ],
  ["a first login", { kind: "after", field: "firstLoginAt", value: moment(29).getTime() }, "ann"],
  ["an absent last login", { kind: "absent", field: "lastLoginAt" }, "bob cec"],
  ["an email that was verified", not({ kind: "absent", field: "emailVerifiedAt" }), "ann"],
  ["a version", { kind: "equals", field: "version", value: 3 }, "ann"],
  ["more logins than one", { kind: "after", field: "loginCount", value: 1 }, "ann"],
  ["any of some tags, in their exact case", { kind: "tags", match: "any", tags: ["blue", "green"] }, "bob"],
  ["all of some tags", { kind: "tags", match: "all", tags: ["Blue", "red"] }, "ann"],
  ["none of some tags", { kind: "tags", match: "none", tags: ["blue"] }, "ann cec"],
  ["any of no tags", { kind: "tags", match: "any", tags: [] }, ""],
  ["all of no tags", { kind: "tags", match: "all", tags: [] }, "ann bob cec"],
  ["none of no tags", { kind: "tags", match: "none", tags: [] }, "ann bob cec"],
  ["a value in the metadata", metadata({ team: "blue" }), "ann"],
  ["a number in the metadata, not its like", metadata({ size: 3 }), "ann"],
  ["no number written as a text", metadata({ size: "3" }), ""],
  ["a null that is there", metadata({ nothing: null }), "ann"],
  ["no null that is not there", metadata({ something: null }), ""],
  ["a subset of an array in the metadata", metadata({ nested: { list: ["two", { deep: true }, 1] } }), "ann"],
  ["no array with more than is there", metadata({ nested: { list: [1, 2] } }), ""],
  ["an empty object in everything", metadata({}), "ann bob cec"],
  ["an empty array in an array only", metadata({ nested: { list: [] }, team: "blue" }), "ann"],
  ["no empty object in a scalar", metadata({ team: {} }), ""],
  ["private metadata", { kind: "json", field: "privateMetadata", part: { note: "vip" } }, "bob"],
  ["a text in any name", search("ann"), "ann"],
  ["a short text in any name", search("o"), "ann bob"],
  ["a text in an email", search("@x.test"), "ann cec"],
  ["no text across two names", search("anno'hara"), ""],
  ["an empty text in everybody", search(""), "ann bob cec"],
  ["a text only where it may be looked for", { kind: "search", fields: ["username"], text: "hara" }, ""],
  ["a text in no field", { kind: "search", fields: [], text: "ann" }, ""],
];

const finds = ([, where, expected]: Finding): Scenario =>
  Effect.fnUntraced(function* (storage) {
    yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
    const found = yield* storage.users.list(tenant, { where, sortBy: "createdAt", descending: false, limit: 10 });
    assert.equal(found.map(({ id }) => id).join(" "), expected);
    assert.equal(yield* storage.users.count(tenant, where), found.length);
    const others = yield* storage.users.list("other", { where, sortBy: "createdAt", descending: false, limit: 10 });
    assert.deepEqual(others, []);
  });

const orders: readonly (readonly [UserSortField, string])[] = [
  ["createdAt", "ann bob cec"],
  ["updatedAt", "bob cec ann"],
  ["username", "cec ann bob"],
  ["email", "bob ann cec"],
  ["firstName", "ann bob cec"],
  ["lastName", "cec ann bob"],
  ["lastLoginAt", "bob cec ann"],
];

const isSorted = ([sortBy, expected]: (typeof orders)[number]): Scenario =>
  Effect.fnUntraced(function* (storage) {
    yield* storage.transact(({ users }) => Effect.forEach([cec, ann, bob], (user) => users.insert(tenant, user)));
    for (const descending of [false, true]) {
      const found = yield* storage.users.list(tenant, { where: everyone, sortBy, descending, limit: 10 });
      const ids = found.map(({ id }) => id);
      assert.equal((descending ? ids.reverse() : ids).join(" "), expected);
    }
  });

/** What conditions find, in which order, and how much of it. */
export const lists: Room = {
  about: "lists",
  cases: {
    ...forEachOf(findings, ([what]) => `a list finds ${what}`, finds),
    ...forEachOf(orders, ([field]) => `a list sorts by ${field}, absent values first, backwards too`, isSorted),

    "rows of a list are whole users": Effect.fnUntraced(function* (storage) {
      yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
      const selection = { where: everyone, sortBy: "createdAt", descending: false, limit: 10 } as const;
      assert.deepEqual(yield* storage.users.list(tenant, selection), people);
    }),

    "a list skips its offset and stops at its limit": Effect.fnUntraced(function* (storage) {
      yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
      const ids = (offset: number, limit: number) =>
        Effect.map(
          storage.users.list(tenant, { where: everyone, sortBy: "createdAt", descending: true, offset, limit }),
          (found) => found.map(({ id }) => id).join(" "),
        );
      assert.equal(yield* ids(0, 2), "cec bob");
      assert.equal(yield* ids(1, 1), "bob");
      assert.equal(yield* ids(2, 10), "ann");
      assert.equal(yield* ids(3, 10), "");
    }),
  },
};
