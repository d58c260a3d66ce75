import { createHash } from "node:crypto";
import { brokenNames, type Made, type NameOptions, type Names, namingOf, quoted } from "@muster/store-kysely";
import { searchIndex } from "./search.ts";

/** Where our tables are, and what they are called. */
export interface PlacedNames extends Names {
  readonly schema: string;
  /** Names the advisory lock under which the schema is changed. */
  readonly lockKey: bigint;
}

/** How our names stand in this schema where they were chosen so. The options are taken to be in order. */
export const namesIn = (schema: string, options: NameOptions = {}): PlacedNames => {
  const nameOf = namingOf(options);
  const qualified = (ours: string): string => `${quoted(schema)}.${quoted(nameOf(ours))}`;
  return {
    schema,
    nameOf,
    qualified,
    written: (sql) => {
      let parameters = 0;
      return sql.replace(texts, (found, place: string | undefined, name: string | undefined) => {
        if (found === "?") return `$${++parameters}`;
        if (name === undefined) return found;
        return place === undefined ? quoted(nameOf(name)) : `${place}${qualified(name)}`;
      });
    },
    lockKey: createHash("sha256")
      .update(`muster/${JSON.stringify([schema, nameOf("muster_migrations")])}`)
      .digest()
      .readBigInt64BE(),
  };
};

/**
 * Texts in quotes, in which nothing is a name; places of parameters; and names of ours, after what says that they are
 * looked up in a schema, or bare. An index is made in the schema of its table, a trigger has none.
 */
const texts =
  /'[^']*'|\?|(\b(?:table|from|join|into|update|on|references|function|drop index(?: concurrently)?)\s+)?\b(muster_\w+)/g;

/** What is wrong with a choice of names, as the end of a sentence; undefined when nothing is. */
export const brokenNamesIn = (schema: unknown, options: NameOptions, { tables, others }: Made): string | undefined => {
  if (typeof schema !== "string" || !/^[^\0]{1,63}$/.test(schema) || Buffer.byteLength(schema) > 63) {
    return "schema is a name of at most 63 bytes";
  }
  if (schema.startsWith("pg_")) return "schemas whose names begin with pg_ are PostgreSQL's own";
  return brokenNames(options, tables, [...others, searchIndex]);
};
