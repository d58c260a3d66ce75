import { expressionBuilder, type SelectQueryBuilder } from "kysely";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Statement } from "../executor.ts";
import { type Compilable, type FixedQuery, fixedQuery, type HoleOf, hole, withHoles } from "../fixed-query.ts";
import { makeKept } from "../kept.ts";
import { type Named, sortColumns } from "./fields.ts";
import type { CountShape, ListShape } from "./list-shape.ts";
import { type Source, slots } from "./lowered.ts";
import type { Placed } from "./places.ts";
import { sourceSql } from "./source-sql.ts";
import { readsSignIns, testSql } from "./test-sql.ts";
import { type UserRow, userColumns } from "./user-row.ts";
import { isAfter, pageOf, type Walk, walkQuery } from "./walk-query.ts";

type Query<Shape, Row> = (shape: Shape, values: readonly unknown[]) => Statement<Row>;

interface ListQueries {
  /** The page itself, by an index in its order. */
  readonly walk: Query<ListShape, UserRow>;
  /** How many users each source holds, and which, up to the cap: looked up once, since a search takes its time. */
  readonly probe: Query<readonly Source[], Probed>;
  /** All rows that a source holds, in no order, as places and whole. */
  readonly places: Query<ListShape, Placed & { seq: number }>;
  readonly rows: Query<ListShape, UserRow & Placed>;
  /** The page of a list of them. */
  readonly sorted: Query<ListShape, UserRow>;
  /** `seqs` is a JSON array of numbers. */
  readonly bySeq: FixedQuery<{ readonly tenant: string; readonly seqs: string }, UserRow & { seq: number }>;
  readonly count: Query<CountShape, { count: number }>;
}

export interface Probed {
  readonly count: number;
  /** A JSON array of numbers. */
  readonly found: string;
  /** The greatest of them. */
  readonly last: number | null;
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
    const query = tested(fromSource(shape.source, needsSignIns), shape.tests);
    return shape.isContinued ? query.where(isAfter(columns, shape.descending)) : query;
  };

  /** Of a source with nothing left to test: only the search index is shared by tenants, and its users are all tested. */
  const seqs = ({ source, tests }: CountShape): SelectQueryBuilder<Named, never, { seq: number }> => {
    if (source !== undefined && tests.length === 0) {
      return db.selectFrom(sourceSql(dialect, source).as("n")).select("n.user_seq as seq");
    }
    const users = source === undefined ? fromUsers() : fromSource(source, tests.some(readsSignIns));
    return tested(users, tests).select("u.seq");
  };

  return {
    walk: shaped((shape) => walkQuery(db, dialect, shape)),

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
          .select((q) => [
            q.fn.countAll<number>().as("count"),
            dialect.collect(q.ref("c.user_seq")).as("found"),
            q.fn.max("c.user_seq").as("last"),
          ]),
      );
      if (first === undefined) throw new Error("There is nothing to probe.");
      return others.reduce((query, other) => query.unionAll(other), first);
    }),

    places: shaped((shape) => {
      const { key, id } = sortColumns[shape.sortBy];
      return candidates(shape, false).select(["u.seq", eb.ref(key).as("place_key"), eb.ref(id).as("id")]);
    }),
    rows: shaped((shape) => {
      const { key } = sortColumns[shape.sortBy];
      return candidates(shape, true).select(eb.ref(key).as("place_key")).select(userColumns);
    }),
    sorted: shaped((shape) => pageOf(candidates(shape, true) as Walk, shape, sortColumns[shape.sortBy])),

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
