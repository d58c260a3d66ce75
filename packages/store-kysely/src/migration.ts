/** One step of the schema. Once published it never changes: databases remember its checksum. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  /** Each makes or changes one thing. Names of ours stand bare in them, so that the checksum is the same everywhere. */
  readonly statements: readonly string[];
  /**
   * Its statements run outside transactions, one by one: they make indexes while others write. (A constraint that is
   * `not valid` is validated by a migration of its own: in its transaction nobody is kept from writing either.)
   */
  readonly isOnline?: boolean;
}

/** What migrations make, by its bare name. */
export interface Made {
  readonly tables: readonly string[];
  /** Indexes, triggers, functions, and tables of a kind that nobody else may use. */
  readonly others: readonly string[];
}

/** What is there after these migrations, and the table in which they are remembered. */
export const madeBy = (migrations: readonly Migration[]): Made => {
  const found = migrations.flatMap(({ statements }) => statements).map((sql) => making.exec(sql)?.slice(1) ?? []);
  const of = (isTable: boolean): readonly string[] => [
    ...new Set(found.flatMap(([kind, name]) => (name !== undefined && (kind === "table") === isTable ? [name] : []))),
  ];
  return { tables: [...of(true), migrationsTable], others: of(false) };
};

const making =
  /^create (?:or replace |unique )?(table|virtual table|index|trigger|function) (?:concurrently )?(muster_\w+)/;

/** In which the database remembers what was made of it. */
export const migrationsTable = "muster_migrations";
