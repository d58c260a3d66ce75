import { expressionBuilder, type SelectQueryBuilder } from "kysely";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Statement } from "../executor.ts";
import { type Compilable, type FixedQuery, fixedQuery, type HoleOf, hole, withHoles } from "../fixed-query.ts";
import { makeKept } from "../kept.ts";
import { type Named, type SortColumns, sortColumns } from "./fields.ts";
import type { CountShape, ListShape } from "./list-shape.ts";
import { type Source, slots } from "./lowered.ts";
import type { Placed } from "./places.ts";
import { sourceSql } from "./source-sql.ts";
import { readsSignIns, testSql } from "./test-sql.ts";
import { type UserRow, userColumns } from "./user-row.ts";

type Query<Shape, Row> = (shape: Shape, values: readonly unknown[]) => Statement<Row>;

interface ListQueries {
  /** The page itself, by an index in its order. */
  readonly walk: Query<ListShape, UserRow>;
  /** How many users each source holds, and which, up to the cap: looked up once, since a search takes its time. */
  readonly probe: Query<readonly Source[], { count: number; found: string }>;
  /** All rows that a source holds, in no order, as places and whole. */
  readonly places: Query<ListShape, Placed>;
  readonly rows: Query<ListShape, UserRow & Placed>;
  /** `seqs` is a JSON array of numbers. */
  readonly bySeq: FixedQuery<{ readonly tenant: string; readonly seqs: string }, UserRow & { seq: number }>;
  readonly count: Query<CountShape, { count: number }>;
}

type Users = SelectQueryBuilder<Named, "u" | "s", object>;
const eb = expressionBuilder<Named, "u" | "s">();

/** Tables are joined by cross joins: SQLite then reads them in the order written, whatever it thinks of them. */
export const listQueries = (db: Builder, dialect: Dialect): ListQueries => {
  const tenant = hole<string>(slots.tenant);

  const fromUsers = (): Users =>
    db
      .selectFrom("muster_users as u")
      .crossJoin("muster_user_sign_ins as s")
      .whereRef("s.tenant", "=", "u.tenant")
      .whereRef("s.user_seq", "=", "u.seq")
      .where("u.tenant", "=", tenant) as Users;

  const fromSignIns = (): Users =>
    db
      .selectFrom("muster_user_sign_ins as s")
      .crossJoin("muster_users as u")
      .whereRef("u.tenant", "=", "s.tenant")
      .whereRef("u.seq", "=", "s.user_seq")
      .where("s.tenant", "=", tenant) as Users;

  const fromMark = (mark: number): Users =>
    db
      .selectFrom("muster_user_marks as m")
      .crossJoin("muster_users as u")
      .crossJoin("muster_user_sign_ins as s")
      .whereRef("u.tenant", "=", "m.tenant")
      .whereRef("u.seq", "=", "m.user_seq")
      .whereRef("s.tenant", "=", "u.tenant")
      .whereRef("s.user_seq", "=", "u.seq")
      .where("m.tenant", "=", tenant)
      .where("m.mark", "=", hole<string>(mark)) as Users;

  const fromSource = (source: Source, withSignIns: boolean): Users => {
    const users = db
      .selectFrom(sourceSql(dialect, source).as("n"))
      .crossJoin("muster_users as u")
      .whereRef("u.seq", "=", "n.user_seq")
      .where(eb(dialect.unindexed(eb.ref("u.tenant")), "=", tenant));
    if (!withSignIns) return users as Users;
    return users
      .crossJoin("muster_user_sign_ins as s")
      .whereRef("s.tenant", "=", "u.tenant")
      .whereRef("s.user_seq", "=", "u.seq") as Users;
  };

  const tested = (query: Users, tests: ListShape["tests"]): Users =>
    tests.reduce((rest, test) => rest.where(testSql(dialect, test)), query);

  const candidates = (shape: ListShape, withSignIns: boolean): Users => {
    if (shape.source === undefined) throw new Error("Candidates without a source.");
    const columns = sortColumns[shape.sortBy];
    const needsSignIns = withSignIns || columns.id === "s.user_id" || shape.tests.some(readsSignIns);
    return continued(tested(fromSource(shape.source, needsSignIns), shape.tests), shape, columns);
  };

  const seqs = ({ source, tests }: CountShape): SelectQueryBuilder<Named, never, { seq: number }> => {
    if (source !== undefined && tests.length === 0 && isOfTenant(source)) {
      return db.selectFrom(sourceSql(dialect, source).as("n")).select("n.user_seq as seq");
    }
    const users = source === undefined ? fromUsers() : fromSource(source, tests.some(readsSignIns));
    return tested(users, tests).select("u.seq");
  };

  return {
    walk: shaped((shape) => {
      const { source, sortBy } = shape;
      const columns = source?.kind === "mark" ? markColumns : sortColumns[sortBy];
      const from =
        source?.kind === "mark" ? fromMark(source.mark) : sortBy === "lastLoginAt" ? fromSignIns() : fromUsers();
      const direction = shape.descending ? "desc" : "asc";
      const query = continued(tested(bounded(from, shape), shape.tests), shape, columns)
        .select(userColumns)
        .orderBy(eb.ref(columns.key as SortColumns["key"]), direction)
        .orderBy(eb.ref(columns.id as SortColumns["id"]), direction)
        .limit(hole<number>(slots.limit));
      return shape.isOffset ? query.offset(hole<number>(slots.offset)) : query;
    }),

    probe: shaped((sources) => {
      const [first, ...others] = sources.map((source) =>
        db
          .selectFrom((q) =>
            q
              .selectFrom(sourceSql(dialect, source).as("n"))
              .select("n.user_seq")
              .limit(hole<number>(slots.cap))
              .as("c"),
          )
          .select((q) => [q.fn.countAll<number>().as("count"), dialect.collect(q.ref("c.user_seq")).as("found")]),
      );
      if (first === undefined) throw new Error("There is nothing to probe.");
      return others.reduce((query, other) => query.unionAll(other), first);
    }),

    places: shaped((shape) => candidates(shape, false).select(placeOf(shape))),
    rows: shaped((shape) => candidates(shape, true).select(placeOf(shape)).select(userColumns)),

    bySeq: fixedQuery((value: HoleOf<{ readonly tenant: string; readonly seqs: string }>) =>
      db
        .selectFrom(dialect.eachNumber(value("seqs")).as("e"))
        .crossJoin("muster_users as u")
        .crossJoin("muster_user_sign_ins as s")
        .select("u.seq")
        .select(userColumns)
        .where("u.tenant", "=", value("tenant"))
        .whereRef("u.seq", "=", "e.value")
        .whereRef("s.tenant", "=", "u.tenant")
        .whereRef("s.user_seq", "=", "u.seq"),
    ),

    count: shaped((shape) => {
      const found = shape.isCapped ? seqs(shape).limit(hole<number>(slots.limit)) : seqs(shape);
      return db.selectFrom(found.as("c")).select((q) => q.fn.countAll<number>().as("count"));
    }),
  };
};

/** The search index is the only one that tenants share. */
const isOfTenant = (source: Source): boolean =>
  source.kind === "union" ? source.of.every(isOfTenant) : source.kind !== "search";

/** As many shapes as are kept compiled, of each kind of query. */
const keptShapes = 200;

/** A shape is compiled at its first use. It holds no values, so that its JSON names all queries of the same text. */
const shaped = <Shape, Row>(build: (shape: Shape) => Compilable<Row>): Query<Shape, Row> => {
  const kept = makeKept<string, FixedQuery<object, Row>>(keptShapes);
  return (shape, values) => {
    const name = JSON.stringify(shape);
    const known = kept.get(name);
    if (known !== undefined) return known(values);
    const bind = withHoles(build(shape));
    kept.set(name, bind);
    return bind(values);
  };
};

/** The place of a user among those with a mark: where the sort columns of `createdAt` stand in that index. */
const markColumns = { key: "m.created_at", id: "m.user_id" } as const;

/** Everything after a place, as one comparison of rows: an index walks it from there. */
const continued = (query: Users, shape: ListShape, { key, id }: SortColumns | typeof markColumns): Users =>
  shape.isContinued
    ? query.where(
        eb(
          eb.refTuple(key as SortColumns["key"], id as SortColumns["id"]),
          shape.descending ? "<" : ">",
          eb.tuple(hole<string | number>(slots.afterKey), hole<string>(slots.afterId)),
        ),
      )
    : query;

/**
 * Where in the sort index a walk over a range begins and ends. Each end is named once, by the place or by the range:
 * SQLite would take either. The range is among the tests as well, in case the place lies outside of it.
 */
const bounded = (query: Users, { source, isContinued, descending }: ListShape): Users => {
  if (source?.kind !== "range") return query;
  const from = !isContinued || descending ? query.where(source.column, ">=", hole<string>(source.from)) : query;
  return source.to === undefined || (isContinued && descending)
    ? from
    : from.where(source.column, "<", hole<string>(source.to));
};

const placeOf = ({ sortBy }: ListShape) => {
  const { key, id } = sortColumns[sortBy];
  return ["u.seq", eb.ref(key).as("place_key"), eb.ref(id).as("place_id")] as const;
};
