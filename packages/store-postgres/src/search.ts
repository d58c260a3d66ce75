import type { SearchQuestion, SeqSource } from "@muster/store-kysely";
import { type Expression, type SqlBool, sql } from "kysely";

/** All texts by which a user is searched, as one: the index is on this very expression. */
const allTexts = (row: string): string =>
  ["username_key", "email_key", "first_name_key", "last_name_key", "display_name_key"]
    .map((column) => `${row}${column}`)
    .join(" || E'\\n' || ");

export const searchIndex = "muster_users_by_trigrams";

/**
 * @param way how it is made: `concurrently`, or empty.
 * @param operators the operator class of pg_trgm, with its schema.
 */
export const createSearchIndex = (way: "concurrently" | "", operators: string): string =>
  `create index ${way} ${searchIndex} on muster_users using gin ((${allTexts("")}) ${operators})`.replace("  ", " ");

/**
 * The pattern of `like`. A text without three letters or digits in a row has no trigram: the index would be read
 * whole. pg_trgm finds the letters by the database's own locale, which may know fewer of them; then it is read whole too.
 */
export const searchQuestion = (text: string): SearchQuestion | undefined => {
  if (!/[\p{L}\p{N}]{3}/u.test(text)) return undefined;
  const pattern = `%${text.replace(/[\\%_]/g, "\\$&")}%`;
  return { brief: pattern, full: pattern };
};

/**
 * In the order of their numbers: who looks at the first of them tells from the greatest number how close together they
 * stand. Left to itself the server begins to scan a large table wherever another scan happens to be.
 */
export const searchSource = (tenant: string, question: string): SeqSource =>
  sql<{ user_seq: number }>`(
    select n.seq as user_seq from ${sql.table("muster_users")} as n
    where n.tenant = ${tenant} and ${sql.raw(allTexts("n."))} like ${question} order by n.seq
  )`;

/**
 * The index serves it when the planner expects few hits, by the statistics that PostgreSQL keeps of the index's
 * expression. A statement that is not prepared by name is planned for its text.
 */
export const searchTest = (question: string): Expression<SqlBool> =>
  sql<boolean>`${sql.raw(allTexts("u."))} like ${question}`;
