import { brokenNames, madeBy, type NameOptions, type Names, namingOf, quoted } from "@muster/store-kysely";
import { migrations, shadows } from "./schema.ts";

/** How our names stand in a file where they were chosen so. The options are taken to be in order. */
export const sqliteNames = (options: NameOptions = {}): Names => {
  const nameOf = namingOf(options);
  const qualified = (ours: string): string => quoted(nameOf(ours));
  return {
    nameOf,
    qualified,
    written: (sql) => sql.replace(texts, (found) => (found.startsWith("'") ? found : qualified(found))),
  };
};

/** Texts in quotes, in which nothing is a name, and names of ours. */
const texts = /'[^']*'|\bmuster_\w+/g;

/** What is wrong with a choice of names, as the end of a sentence; undefined when nothing is. */
export const brokenSqliteNames = (options: NameOptions): string | undefined => {
  const { tables, others } = madeBy(migrations);
  const broken = brokenNames(options, tables, [...others, ...shadows]);
  if (broken !== undefined) return broken;
  const isReserved = [...tables, ...others].some((ours) => /^sqlite_/i.test(namingOf(options)(ours)));
  return isReserved ? "names that begin with sqlite_ are SQLite's own" : undefined;
};
