import { type Dialect, isOurs, type Names } from "@muster/store-kysely";
import {
  DummyDriver,
  type SchemableIdentifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";
import { isReferenced, unavailable } from "./failures.ts";
import { brokenIndexes } from "./index-check.ts";
import { jsonContains } from "./json-contains.ts";
import { keepSearch, searchQuestion, searchSource } from "./search.ts";

/** Puts the names of the host's choice in the place of ours. */
class NamingCompiler extends SqliteQueryCompiler {
  readonly #names: Names;

  constructor(names: Names) {
    super();
    this.#names = names;
  }

  protected override visitSchemableIdentifier(node: SchemableIdentifierNode): void {
    const { name } = node.identifier;
    if (isOurs(name)) this.append(this.#names.qualified(name));
    else super.visitSchemableIdentifier(node);
  }

  /**
   * Writes each parameter as `+?`. A bare `?` lets SQLite look at the bound value while it plans, and then plan again,
   * at the cost of a whole prepare, each time another value is bound; behind a unary plus it plans once.
   */
  protected override getCurrentParameterPlaceholder(): string {
    return "+?";
  }
}

/**
 * How the shared SQL is written for a SQLite that was built with FTS5. `unavailable` reads the errors of better-sqlite3;
 * a store on another driver puts its own in its place.
 */
export const sqliteDialect = (names: Names): Dialect => ({
  name: "sqlite",
  kysely: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new NamingCompiler(names),
  },
  unavailable,
  isReferenced,
  eachText: (json) => sql`json_each(${json})`,
  eachNumber: (json) => sql`json_each(${json})`,
  collect: (number) => sql`json_group_array(${number})`,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
  unindexed: (value) => sql`+${value}`,
  jsonContains,
  candidateCap: 4_000,
  sortsCandidates: false,
  search: {
    question: searchQuestion,
    source: searchSource,
    keep: keepSearch(names),
    brokenIndexes: brokenIndexes(names),
  },
});
