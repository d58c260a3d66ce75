import * as Effect from "effect/Effect";
import type { Json, JsonObject } from "../../../src/kernel/json.ts";
import { placeOf } from "../../../src/testing/index.ts";
import type { UserCondition } from "../../../src/user/user-condition.ts";
import { type Mutant, withUsers } from "./faulty.ts";

/** Lists and counts that misunderstand a condition. */
const misreading = (read: (where: UserCondition) => UserCondition) =>
  withUsers((users) => ({
    list: (tenant, selection) => users.list(tenant, { ...selection, where: read(selection.where) }),
    count: (tenant, where, atMost) => users.count(tenant, read(where), atMost),
  }));

const withoutArrays = (part: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(part).flatMap(([key, value]): readonly (readonly [string, Json])[] => {
      if (isList(value)) return [];
      return [[key, typeof value === "object" && value !== null ? withoutArrays(value) : value]];
    }),
  );

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

export const mutantsOfLists: readonly Mutant[] = [
  {
    fault: "a list goes on behind all ties of its place",
    module: () =>
      withUsers((users) => ({
        list: (tenant, selection) =>
          Effect.map(users.list(tenant, selection), (page) =>
            page.filter((user) => placeOf(user, selection.sortBy).key !== selection.after?.key),
          ),
      })),
    broken: "a walk by firstName meets every user once, both ways, ties or not",
  },
  {
    fault: "texts are ordered by UTF-16",
    module: () =>
      withUsers((users) => ({
        list: (tenant, selection) =>
          Effect.map(users.list(tenant, selection), (page) =>
            page.toSorted((left, right) => ((left.lastName ?? "") < (right.lastName ?? "") ? -1 : 1)),
          ),
      })),
    broken: "characters of every plane come back and sort by code point",
  },
  {
    fault: "a percent sign is a wildcard",
    module: () =>
      withUsers((users) => ({
        list: (tenant, { where, ...rest }) =>
          users.list(tenant, {
            ...rest,
            where:
              where.kind === "contains" && where.text.includes("%")
                ? { ...where, text: where.text.split("%")[0] ?? "" }
                : where,
          }),
      })),
    broken: "a list finds a percent sign as no wildcard",
  },
  {
    fault: "what is not true of an absent value is not found by 'not' either",
    module: () =>
      misreading((where) =>
        where.kind === "not" && where.of.kind === "oneOf" && where.of.field === "ownerId"
          ? { kind: "all", of: [where, { kind: "not", of: { kind: "absent", field: "ownerId" } }] }
          : where,
      ),
    broken: "a list finds not an owner, absent ones included",
  },
  {
    fault: "any of no conditions is everybody",
    module: () =>
      misreading((where) => (where.kind === "any" && where.of.length === 0 ? { kind: "all", of: [] } : where)),
    broken: "a list finds any of no conditions",
  },
  {
    fault: "a bound in time includes itself",
    module: () => misreading((where) => (where.kind === "after" ? { ...where, value: where.value - 1 } : where)),
    broken: "a list finds after an instant, exclusive",
  },
  {
    fault: "arrays in metadata are not compared",
    module: () =>
      misreading((where) => (where.kind === "json" ? { ...where, part: withoutArrays(where.part) } : where)),
    broken: "a list finds no array with more than is there",
  },
  {
    fault: "absent values are sorted last",
    module: () =>
      withUsers((users) => ({
        list: (tenant, selection) =>
          Effect.map(users.list(tenant, selection), (page) => {
            const isAbsent = (user: (typeof page)[number]) => user[selection.sortBy] === null;
            const [absent, present] = [page.filter(isAbsent), page.filter((user) => !isAbsent(user))];
            return selection.descending ? [...absent, ...present] : [...present, ...absent];
          }),
      })),
    broken: "a list sorts by updatedAt, absent values first, backwards too",
  },
  {
    fault: "an offset is not looked at",
    module: () =>
      withUsers((users) => ({ list: (tenant, selection) => users.list(tenant, { ...selection, offset: 0 }) })),
    broken: "a list skips its offset and stops at its limit",
  },
  {
    fault: "a list shows the users of every tenant",
    module: () => withUsers((users) => ({ list: (_, selection) => users.list("acme", selection) })),
    broken: "a list finds everyone",
  },
  {
    fault: "a count counts the users of another tenant too",
    module: () =>
      withUsers((users) => ({
        count: Effect.fnUntraced(function* (tenant, where, atMost) {
          const sum = (yield* users.count(tenant, where, atMost)) + (yield* users.count("other", where, atMost));
          return atMost === undefined ? sum : Math.min(sum, atMost);
        }),
      })),
    broken: "a count counts the users of the tenant that meet the condition, each once",
  },
  {
    fault: "a count does not stop at its cap",
    module: () => withUsers((users) => ({ count: (tenant, where) => users.count(tenant, where) })),
    broken: "a count with a cap stops there",
  },
];
