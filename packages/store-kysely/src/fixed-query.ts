import type { CompiledQuery } from "kysely";
import type { Statement } from "./executor.ts";

/** A Kysely query. */
export interface Compilable<Row> {
  readonly compile: () => CompiledQuery<Row>;
}

/** A query compiled for one use, its values in it. */
export const compiled = <Row>(query: Compilable<Row>): Statement<Row> => {
  const { sql, parameters } = query.compile();
  return { sql, parameters };
};

/** A statement of a fixed shape: compiled once, after that only values are bound. */
export type FixedQuery<Values, Row> = (values: Values) => Statement<Row>;

/** Stands for a value while a query is built and compiled. */
class Hole {
  readonly name: PropertyKey;
  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/** A place in a query for the value that will have this name, or stand at this index. */
export const hole = <Value>(name: PropertyKey): Value => {
  const place: unknown = new Hole(name);
  // Kysely carries any value through to the list of parameters unseen, so a hole may pass for what it stands for.
  return place as Value;
};

/** Names the value that will stand at this place of the query. */
export type HoleOf<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/**
 * Compiles a query at its first use and binds values by name afterwards: building and compiling a Kysely query costs
 * several times what SQLite needs to answer it.
 *
 * ```ts
 * const findHash = fixedQuery((value: HoleOf<{ id: string }>) => db.selectFrom("t").select("hash").where("id", "=", value("id")));
 * executor.first(findHash({ id: "7" }));
 * ```
 */
export const fixedQuery = <Values extends object, Row>(
  build: (value: HoleOf<Values>) => Compilable<Row>,
): FixedQuery<Values, Row> => {
  let bind: FixedQuery<object, Row> | undefined;
  return (values) => {
    bind ??= withHoles(build((name) => hole(name)));
    return bind(values);
  };
};

/** Compiles a query with holes; what fills them is looked up in an object by name, or in an array by index. */
export const withHoles = <Row>(query: Compilable<Row>): FixedQuery<object, Row> => {
  const { sql, parameters } = query.compile();
  return (values) => {
    const named = values as Readonly<Record<PropertyKey, unknown>>;
    return { sql, parameters: parameters.map((value) => (value instanceof Hole ? named[value.name] : value)) };
  };
};
