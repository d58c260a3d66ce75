import type { Dialect } from "@muster/store-kysely";
import { DummyDriver, PostgresAdapter, PostgresIntrospector, sql } from "kysely";
import { accessChanges } from "./access-changes.ts";
import { isReferenced, unavailable } from "./failures.ts";
import type { PostgresFeatures } from "./features.ts";
import type { PlacedNames } from "./names.ts";
import { QualifyingCompiler } from "./query-compiler.ts";
import { searchQuestion, searchSource, searchTest } from "./search.ts";

/** @param hasTrigrams tells whether there is an index for parts of texts by now. */
export const postgresDialect = (
  names: PlacedNames,
  { notifications }: PostgresFeatures,
  hasTrigrams: () => boolean,
): Omit<Dialect, "candidateCap"> => ({
  name: "postgres",
  kysely: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new QualifyingCompiler(names),
  },
  unavailable,
  isReferenced,
  eachText: (json) => sql`jsonb_array_elements_text(${json}::jsonb)`,
  eachNumber: (json) => sql`(select value::bigint as value from jsonb_array_elements_text(${json}::jsonb))`,
  collect: (number) => sql`coalesce(json_agg(${number}), '[]')::text`,
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
  // The planner knows from its statistics how many rows a test lets through; hiding the column would hide that too.
  unindexed: (value) => value,
  // Below the root, which always is an object, `@>` takes no bare scalar for an array either: core's meaning exactly.
  jsonContains: (document, part) => sql`${document} @> ${JSON.stringify(part)}::jsonb`,
  sortsCandidates: true,
  search: {
    question: (text) => (hasTrigrams() ? searchQuestion(text) : undefined),
    source: searchSource,
    test: searchTest,
    keep: () => [],
  },
  hostsMayRace: true,
  accessChanges: accessChanges(names, notifications),
});
