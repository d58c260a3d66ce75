import type { CompiledQuery } from "kysely";
import type { Statement } from "./executor.ts";

/** A Kysely query. */
interface Compilable<Row> {
  readonly compile: () => CompiledQuery<Row>;
}

/** A query compiled for one use, its values in it. */
export const compiled = <Row>(query: Compilable<Row>): Statement<Row> => {
  const { sql, parameters } = query.compile();
  return { sql, parameters };
};

/** A statement of a fixed shape: compiled at its first use, after that only values are bound. */
export type FixedQuery<Values extends object, Row> = (values: Values) => Statement<Row>;

/** Stands for a value while a query is built and compiled. */
class Hole {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Names the value that will stand at this place of the query. */
export type HoleOf<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/**
 * Compiles a query once and binds values by name afterwards: building and compiling a Kysely query costs several times
 * what SQLite needs to answer it.
 *
 * ```ts
 * const findHash = fixedQuery((value: HoleOf<{ id: string }>) => db.selectFrom("t").select("hash").where("id", "=", value("id")));
 * executor.first(findHash({ id: "7" }));
 * ```
 */
export const fixedQuery = <Values extends object, Row>(
  build: (value: HoleOf<Values>) => Compilable<Row>,
): FixedQuery<Values, Row> => {
  let known: { readonly sql: string; readonly parameters: readonly unknown[] } | undefined;
  return (values) => {
    known ??= build(hole).compile();
    const named = values as Readonly<Record<string, unknown>>;
    const parameters = known.parameters.map((value) => (value instanceof Hole ? named[value.name] : value));
    return { sql: known.sql, parameters };
  };
};

/** Kysely carries any value through to the list of parameters unseen, so a hole may pass for the value it stands for. */
const hole = ((name: string) => new Hole(name)) as unknown as HoleOf<never>;
