import type { SearchKeys, SeqSource, Statement } from "@muster/store-kysely";
import { sql } from "kysely";

/**
 * The trigram index keeps, for every three characters in a row, the users in whose texts they stand; not where, nor in
 * which of the texts (`detail = none`): a third of the size, and a candidate is tested on its own texts anyway.
 */
export const searchQuestion = (text: string): string | undefined => {
  const characters = [...text];
  if (characters.length < 3) return undefined;
  const trigrams = new Set<string>();
  for (let at = 0; at <= characters.length - 3; at += 3) trigrams.add(characters.slice(at, at + 3).join(""));
  trigrams.add(characters.slice(-3).join(""));
  return [...trigrams].map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(" AND ");
};

export const searchSource = (question: string): SeqSource =>
  sql<{
    user_seq: number;
  }>`(select rowid as user_seq from muster_user_search where muster_user_search match ${question})`;

const columns = ["username_key", "email_key", "first_name_key", "last_name_key", "display_name_key"] as const;
const list = columns.join(", ");
const add = `insert into muster_user_search (rowid, ${list}) values (?, ?, ?, ?, ?, ?)`;
const take = `insert into muster_user_search (muster_user_search, rowid, ${list}) values ('delete', ?, ?, ?, ?, ?, ?)`;

/** The index holds no texts of its own, so that the old ones have to be named to be taken out. */
export const keepSearch = (
  userSeq: number,
  before: SearchKeys | undefined,
  after: SearchKeys | undefined,
): readonly Statement[] => [
  ...(before === undefined ? [] : [{ sql: take, parameters: [userSeq, ...columns.map((column) => before[column])] }]),
  ...(after === undefined ? [] : [{ sql: add, parameters: [userSeq, ...columns.map((column) => after[column])] }]),
];
