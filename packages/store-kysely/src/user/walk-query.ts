import { type Expression, expressionBuilder, type SelectQueryBuilder, type SqlBool } from "kysely";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import { type Compilable, hole } from "../fixed-query.ts";
import type { UserMarksTable } from "../tables.ts";
import { type Named, type SortColumns, sortColumns } from "./fields.ts";
import type { ListShape } from "./list-shape.ts";
import { slots } from "./lowered.ts";
import { testSql } from "./test-sql.ts";
import { type UserRow, userColumns } from "./user-row.ts";

/** `m` is who has a mark, `w` the entries of a bounded walk. */
type Walked = Named & { readonly m: UserMarksTable; readonly w: Entry };
interface Entry {
  readonly seq: number;
  readonly key: string | number;
  readonly id: string;
}
export type Walk = SelectQueryBuilder<Walked, "u" | "s" | "m" | "w", object>;

/** Where a user stands in an order. */
interface Place {
  readonly key: SortColumns["key"] | "m.created_at" | "w.key";
  readonly id: SortColumns["id"] | "m.user_id" | "w.id";
}

/** Of an index: whose its entries are, and where they stand in it. */
interface Columns extends Place {
  readonly seq: "u.seq" | "s.user_seq" | "m.user_seq" | "w.seq";
}

const eb = expressionBuilder<Walked, "u" | "s" | "m" | "w">();
const tenant = hole<string>(slots.tenant);

/**
 * A page of a list by an index in its order. A bounded one looks no further than so many entries of the index, whoever
 * is found until then. Tables are joined by cross joins: SQLite then reads them in the order written, whatever it
 * thinks of them.
 */
export const walkQuery = (db: Builder, dialect: Dialect, shape: ListShape): Compilable<UserRow> => {
  const columns = columnsOf(shape);
  const all = entriesOf(db, shape, columns);
  const entries = shape.isContinued ? all.where(isAfter(columns, shape.descending)) : all;
  const [walk, place] = shape.isBounded
    ? [joined(first(db, inOrder(entries, shape, columns), columns, dialect.candidateCap), entry), entry]
    : [joined(entries, columns), columns];
  const tested = shape.tests.reduce((rest, test) => rest.where(testSql(dialect, test)), walk);
  return pageOf(tested, shape, place);
};

const entry = { seq: "w.seq", key: "w.key", id: "w.id" } as const satisfies Columns;

const columnsOf = ({ source, sortBy }: ListShape): Columns => {
  // The place of a user among those with a mark: where the sort columns of `createdAt` stand in that index.
  if (source?.kind === "mark") return { seq: "m.user_seq", key: "m.created_at", id: "m.user_id" };
  return { seq: sortBy === "lastLoginAt" ? "s.user_seq" : "u.seq", ...sortColumns[sortBy] };
};

const entriesOf = (db: Builder, shape: ListShape, { seq }: Columns): Walk => {
  if (shape.source?.kind === "mark") {
    return db
      .selectFrom("muster_user_marks as m")
      .where("m.tenant", "=", tenant)
      .where("m.mark", "=", hole<string>(shape.source.mark)) as Walk;
  }
  if (seq === "s.user_seq") return db.selectFrom("muster_user_sign_ins as s").where("s.tenant", "=", tenant) as Walk;
  return within(db.selectFrom("muster_users as u").where("u.tenant", "=", tenant) as Walk, shape);
};

/**
 * Where in the sort index a walk over a range begins and ends. Each end is named once, by the place or by the range:
 * SQLite would take either. The range is among the tests as well, in case the place lies outside of it.
 */
const within = (query: Walk, { source, isContinued, descending }: ListShape): Walk => {
  if (source?.kind !== "range") return query;
  const from = !isContinued || descending ? query.where(source.column, ">=", hole<string>(source.from)) : query;
  return source.to === undefined || (isContinued && descending)
    ? from
    : from.where(source.column, "<", hole<string>(source.to));
};

/** Everything after a place, as one comparison of rows: an index walks it from there. */
export const isAfter = ({ key, id }: Place, descending: boolean): Expression<SqlBool> =>
  eb(
    eb.refTuple(key, id),
    descending ? "<" : ">",
    eb.tuple(hole<string | number>(slots.afterKey), hole<string>(slots.afterId)),
  );

/** A page of what is found, in the order of the list. */
export const pageOf = (query: Walk, shape: ListShape, place: Place): Compilable<UserRow> => {
  const page = inOrder(query, shape, place).select(userColumns).limit(hole<number>(slots.limit));
  return shape.isOffset ? page.offset(hole<number>(slots.offset)) : page;
};

const inOrder = (query: Walk, { descending }: ListShape, { key, id }: Place): Walk => {
  const direction = descending ? "desc" : "asc";
  return query.orderBy(key, direction).orderBy(id, direction);
};

const first = (db: Builder, entries: Walk, { seq, key, id }: Columns, count: number): Walk => {
  const places = entries.select([eb.ref(seq).as("seq"), eb.ref(key).as("key"), eb.ref(id).as("id")]);
  return db.selectFrom(places.limit(eb.lit(count)).as("w")) as Walk;
};

/** Entries with the users and the sign-in facts that they are about. */
const joined = (entries: Walk, { seq }: Columns): Walk => {
  if (seq === "s.user_seq") {
    return entries
      .crossJoin("muster_users as u")
      .whereRef("u.tenant", "=", "s.tenant")
      .whereRef("u.seq", "=", "s.user_seq") as Walk;
  }
  const users =
    seq === "u.seq" ? entries : (entries.crossJoin("muster_users as u").whereRef("u.seq", "=", seq) as Walk);
  // That the tenant is the right one is said of the sign-in facts: it then is compared once for a user who is found.
  return users
    .crossJoin("muster_user_sign_ins as s")
    .where("s.tenant", "=", tenant)
    .whereRef("s.tenant", "=", "u.tenant")
    .whereRef("s.user_seq", "=", "u.seq") as Walk;
};
