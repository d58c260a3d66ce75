import type { Migration } from "@muster/store-kysely";

/** What not every database that speaks PostgreSQL's protocol has. All of it is used unless it is switched off. */
export interface PostgresFeatures {
  /**
   * `pg_notify` and `listen`. Without them other processes learn whose access changed from the feed alone: within a
   * second, as promised, and never sooner than that feed is read.
   */
  readonly notifications: boolean;
  /**
   * Advisory locks, under which one process at a time changes the schema. Without them that is the host's care: the
   * store is opened by one process first, and by others when it is open there.
   */
  readonly advisoryLocks: boolean;
  /**
   * Triggers and functions in PL/pgSQL, by which the database itself refuses illegal moves of a user's status and the
   * removal of a user who is not deleted. Without them this package alone refuses them.
   */
  readonly triggers: boolean;
  /** `collate "C"`. Without it texts must compare byte by byte already: a database whose collation is C. */
  readonly collations: boolean;
  /** The extension pg_trgm. Without it searches for parts of texts read users in the order of the list. */
  readonly trigrams: boolean;
}

/** Which features of a database are used. */
export interface FeatureOptions {
  /**
   * Switches, each on unless given. `triggers` and `collations` are part of the schema: a database that was made with
   * others is refused as UnsupportedSchema. `notifications` are to be the same in all processes on a database.
   */
  readonly features?: Partial<PostgresFeatures>;
}

const allFeatures: PostgresFeatures = {
  notifications: true,
  advisoryLocks: true,
  triggers: true,
  collations: true,
  trigrams: true,
};

export const featuresOf = ({ features }: FeatureOptions): PostgresFeatures => ({ ...allFeatures, ...features });

/** What is wrong with the option, as the end of a sentence; undefined when nothing is. */
export const refusalOfFeatures = (features: unknown = {}): string | undefined => {
  const names = Object.keys(allFeatures);
  const isFine =
    typeof features === "object" &&
    features !== null &&
    Object.entries(features).every(([name, value]) => names.includes(name) && typeof value === "boolean");
  return isFine ? undefined : `features is an object of switches: ${names.join(", ")}`;
};

/** The migrations of a database that lacks some features. They have checksums of their own. */
export const migrationsWith = (
  { triggers, collations }: PostgresFeatures,
  migrations: readonly Migration[],
): readonly Migration[] =>
  migrations.map((migration) => ({
    ...migration,
    statements: migration.statements
      .filter((sql) => triggers || !/^create (?:function|trigger)\b/.test(sql))
      .map((sql) => (collations ? sql : sql.replaceAll(' collate "C"', ""))),
  }));
