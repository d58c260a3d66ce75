import type { KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { CallScope } from "../authorization/actor.ts";
import { require as requireStanding, seesAll } from "../authorization/policy.ts";
import { Forbidden, type InvalidInput } from "../errors.ts";
import { type CursorContext, type CursorPosition, decodeCursor, encodeCursor } from "../kernel/cursor.ts";
import { decoder, invalid } from "../kernel/input.ts";
import { defaultPageSize, limitSchema, offsetSchema } from "../kernel/page-request.ts";
import type { Page, Total } from "../muster.ts";
import { decodeFilter } from "./decode-filter.ts";
import { sortFields, sortKeyOf } from "./sort-key.ts";
import type { User, UserView } from "./user.ts";
import type { UserCondition } from "./user-condition.ts";
import type { ListUsersError } from "./user-errors.ts";
import type { TotalMode, UserFilter, UserQuery, UserSort, UserSortField } from "./user-filter.ts";
import { searchableFields, viewOf } from "./user-view.ts";

export interface UserListsPorts {
  /** Marks cursors, so that only those given out are taken back. */
  readonly cursorKey: KeyObject;
}

/** Many users. */
export interface UserLists {
  readonly list: (scope: CallScope, query?: UserQuery) => Effect.Effect<Page<UserView>, ListUsersError>;
  readonly count: (
    scope: CallScope,
    filter?: UserFilter,
    mode?: Exclude<TotalMode, "none">,
  ) => Effect.Effect<Total, ListUsersError>;
}

/** Where a capped count stops. */
const countCap = 1_000;

export const makeUserLists = (ports: UserListsPorts): UserLists => {
  const list: UserLists["list"] = Effect.fnUntraced(function* (scope, query = {}) {
    yield* requireStanding(scope.actor, "users.list");
    const request = yield* decodeQuery(query);
    const where = yield* visibleCondition(scope, request.filter);
    const { sortBy, descending } = yield* sortOf(scope, request.sort);
    const context: CursorContext = {
      tenant: scope.tenant,
      list: "users",
      filter: JSON.stringify(where),
      sort: `${sortBy} ${descending ? "desc" : "asc"}`,
    };
    const position = yield* positionOf(ports.cursorKey, context, request.cursor, request.offset);
    const limit = request.limit ?? defaultPageSize;
    const backward = position?.direction === "backward";
    const rows = yield* scope.storage.users.list(scope.tenant, {
      where,
      sortBy,
      descending: descending !== backward,
      limit: limit + 1,
      ...(position !== undefined && { after: position }),
      ...(request.offset !== undefined && { offset: request.offset }),
    });
    const items = backward ? rows.slice(0, limit).reverse() : rows.slice(0, limit);
    const more = rows.length > limit;
    const cursor = (user: User | undefined, direction: CursorPosition["direction"]): string | null =>
      user === undefined
        ? null
        : encodeCursor(ports.cursorKey, context, { key: sortKeyOf(user, sortBy), id: user.id, direction });
    const skipped = position !== undefined || (request.offset ?? 0) > 0;
    return {
      items: items.map((user) => viewOf(scope.actor, user)),
      nextCursor: (backward ? true : more) ? cursor(items.at(-1), "forward") : null,
      previousCursor: (backward ? more : skipped) ? cursor(items[0], "backward") : null,
      total: yield* totalOf(scope, where, request.total ?? "none"),
    };
  });

  const count: UserLists["count"] = Effect.fnUntraced(function* (scope, filter, mode = "capped") {
    yield* requireStanding(scope.actor, "users.list");
    if (mode !== "capped" && mode !== "exact") return yield* invalid("total", "one_of", "must be exact or capped");
    const where = yield* visibleCondition(scope, filter);
    return yield* counted(scope, where, mode);
  });

  return { list, count };
};

const totalOf = (scope: CallScope, where: UserCondition, mode: TotalMode) =>
  mode === "none" ? Effect.succeed(null) : counted(scope, where, mode);

const counted = (scope: CallScope, where: UserCondition, mode: "exact" | "capped") =>
  mode === "exact"
    ? Effect.map(scope.storage.users.count(scope.tenant, where), (count): Total => ({ count, exact: true }))
    : Effect.map(
        scope.storage.users.count(scope.tenant, where, countCap + 1),
        (count): Total => ({ count: Math.min(count, countCap), exact: count <= countCap }),
      );

/** The filter's condition; for those who do not see everybody, among enabled users. */
const visibleCondition = (scope: CallScope, filter: unknown) =>
  Effect.map(
    decodeFilter(filter, searchableFields(scope.actor)),
    (where): UserCondition =>
      seesAll(scope.actor)
        ? where
        : { kind: "all", of: [{ kind: "oneOf", field: "status", values: ["enabled"] }, where] },
  );

const sorts = [...sortFields, ...sortFields.map((field) => `-${field}` as const)];

const decodeQuery = decoder(
  Schema.Struct({
    filter: Schema.optionalKey(Schema.Unknown),
    sort: Schema.optionalKey(Schema.Literals(sorts)),
    limit: Schema.optionalKey(limitSchema),
    offset: Schema.optionalKey(offsetSchema),
    cursor: Schema.optionalKey(Schema.String),
    total: Schema.optionalKey(Schema.Literals(["none", "exact", "capped"])),
  }),
);

/** What the caller may not read, it may not sort by either: the order would tell. */
const sortOf = (
  scope: CallScope,
  sort: UserSort = seesAll(scope.actor) ? "-createdAt" : "username",
): Effect.Effect<{ sortBy: UserSortField; descending: boolean }, Forbidden> => {
  const descending = sort.startsWith("-");
  const sortBy = (descending ? sort.slice(1) : sort) as UserSortField;
  return searchableFields(scope.actor).has(sortBy)
    ? Effect.succeed({ sortBy, descending })
    : Effect.fail(new Forbidden({ operation: `users.sort.${sortBy}` }));
};

const positionOf = (
  key: KeyObject,
  context: CursorContext,
  cursor: string | undefined,
  offset: number | undefined,
): Effect.Effect<CursorPosition | undefined, InvalidInput> => {
  if (cursor === undefined) return Effect.succeed(undefined);
  if (offset !== undefined) return Effect.fail(invalid("offset", "exclusive", "cannot be combined with a cursor"));
  const position = decodeCursor(key, context, cursor);
  return position === undefined
    ? Effect.fail(invalid("cursor", "cursor", "is not a cursor of this list, filter and sort"))
    : Effect.succeed(position);
};
