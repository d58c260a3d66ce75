import type { Tables } from "./tables.ts";

/** What a table of ours is called without the prefix, e.g. `users`. */
export type TableName = { [Name in keyof Tables]: Name extends `muster_${infer Short}` ? Short : never }[keyof Tables];

/** What is called how in a host's database. */
export interface NameOptions {
  /** What tables, indexes, triggers and functions begin with: `muster_` unless given, at most 20 bytes, may be empty. */
  readonly tablePrefix?: string;
  /**
   * Whole names of single tables, e.g. `{ users: "people" }`, at most 63 bytes each. What belongs to such a table (its
   * indexes, its triggers) goes by the prefix all the same.
   */
  readonly tables?: { readonly [Table in TableName]?: string };
}

/** Names as they stand in a host's database. In the sources of a store they are the bare ones, `muster_…`. */
export interface Names {
  /** The name of something of ours, e.g. `people` for `muster_users`. */
  readonly nameOf: (ours: string) => string;
  /** The same as it stands in a statement: quoted, and with its schema in front where databases have schemas. */
  readonly qualified: (ours: string) => string;
  /** SQL in which our names stand bare, and parameters as `?`, as this database is to get it. */
  readonly written: (sql: string) => string;
}

const ourPrefix = "muster_";
/** Our longest name without the prefix has less than 43 bytes; PostgreSQL cuts names at 63. */
const longestPrefix = 20;
const longestName = 63;

/** How names of ours become the ones in a host's database. The options are taken to be in order. */
export const namingOf = ({ tablePrefix = ourPrefix, tables = {} }: NameOptions): Names["nameOf"] => {
  const chosen: ReadonlyMap<string, string> = new Map(
    Object.entries(tables).map(([table, name]) => [`${ourPrefix}${table}`, name]),
  );
  return (ours) => chosen.get(ours) ?? `${tablePrefix}${ours.slice(ourPrefix.length)}`;
};

/** An identifier in SQL, whatever it holds. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Whether a bare name in a source is one of ours. */
export const isOurs = (name: string): boolean => name.startsWith(ourPrefix);

/**
 * What is wrong with a choice of names, as the end of a sentence; undefined when nothing is.
 *
 * @param tables our tables, bare. @param others what else of ours has a name, bare.
 */
export const brokenNames = (
  options: NameOptions,
  tables: readonly string[],
  others: readonly string[],
): string | undefined => {
  const { tablePrefix = ourPrefix, tables: chosen = {} } = options;
  if (!isName(tablePrefix, 0, longestPrefix)) return `tablePrefix is a text of at most ${longestPrefix} bytes`;
  if (typeof chosen !== "object" || chosen === null || Array.isArray(chosen)) {
    return 'tables is an object with names of tables, e.g. { users: "people" }';
  }
  for (const [table, name] of Object.entries(chosen)) {
    if (!tables.includes(`${ourPrefix}${table}`)) return `tables.${table} is no table of Muster`;
    if (!isName(name, 1, longestName)) return `tables.${table} is a name of 1 to ${longestName} bytes`;
  }
  const nameOf = namingOf(options);
  // SQLite does not tell names apart by case.
  const names = [...tables, ...others].map((ours) => nameOf(ours).toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `the name '${twice}' is given to two things`;
};

const isName = (name: unknown, least: number, most: number): boolean =>
  typeof name === "string" &&
  !name.includes("\0") &&
  name.isWellFormed() &&
  Buffer.byteLength(name) >= least &&
  Buffer.byteLength(name) <= most;
