import type { PostgresFeatures } from "../src/index.ts";

/** SQL that PostgreSQL, Citus, CockroachDB and YugabyteDB all document. What is not here needs a switch. */
export const common = {
  keywords: words(`
    add all always and any as asc at begin bigint by cascade case cast check coalesce commit committed conflict create cross default delete
    desc distinct do else end exists false first foreign from generated group identity if in index inner insert integer into is isolation
    join key least left level limit local not nothing null offset on or order ordinality over primary read references
    returning rollback schema select serializable set stored table then true union unique update values when where with`),
  /** Keywords elsewhere, names of columns and aliases here. */
  names: words(
    "attempts checksum encoding entry hash last locale mark method name purpose role schema sql state text type valid value version",
  ),
  functions: words(`
    count max sum row_number current_database strpos json_agg jsonb_typeof jsonb_array_elements_text current_setting string_agg concat_ws
    format_type pg_get_expr pg_get_indexdef unnest generate_series`),
  operators: words(":: = <> < > <= >= + - * || @>"),
  types: words("text text[] bigint integer jsonb bytea"),
  indexMethods: words("btree"),
};

/** What is sent only while a switch is on. */
export const switched: { readonly [feature in keyof PostgresFeatures]: ReadonlySet<string> } = {
  notifications: words("pg_notify listen pg_backend_pid"),
  advisoryLocks: words("pg_try_advisory_xact_lock"),
  triggers: words(
    "function trigger returns language dollar_quotes before of each row when old new execute for distinct",
  ),
  collations: words("collate"),
  trigrams: words("extension using gin escape_text like"),
};

/** The contract's cases in which a trigger refuses an illegal move. */
export const givenUpWithoutTriggers: ReadonlySet<string> = new Set([
  "a move from enabled to pending is a defect and changes nothing",
  "a move from disabled to pending is a defect and changes nothing",
  "a move from deleted to pending is a defect and changes nothing",
  "a move from deleted to enabled is a defect and changes nothing",
  "a body that swallows a defect of a statement commits all of its writes or none",
]);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
