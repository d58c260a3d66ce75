import type { SearchKeys, SeqSource, Statement } from "@muster/store-kysely";
import { sql } from "kysely";

/**
 * The trigram index keeps, for every three characters in a row, the users in whose texts they stand; not where, nor in
 * which of the texts (`detail = none`): a third of the size, and a candidate is tested on its own texts anyway.
 *
 * A question names the few trigrams that look rarest. Each more costs a walk along the users who have it, and that of a
 * common one is long: at 1,000,000 users a whole email takes 1.5 ms by its four rarest trigrams and 11 ms by all of them.
 */
export const searchQuestion = (text: string): string | undefined => {
  const characters = [...text];
  const domain = text.includes("@") ? characters.lastIndexOf("@") : characters.length;
  const rarity = new Map<string, number>();
  for (let at = 0; at <= characters.length - 3; at++) {
    const trigram = characters.slice(at, at + 3);
    rarity.set(
      trigram.join(""),
      trigram.reduce((sum, character) => sum + rarityOf(character), at < domain - 2 ? 10 : 0),
    );
  }
  const rarest = [...rarity].sort(([, left], [, right]) => right - left).slice(0, mostTrigrams);
  if (rarest.length === 0) return undefined;
  return rarest.map(([trigram]) => `"${trigram.replaceAll('"', '""')}"`).join(" AND ");
};

const mostTrigrams = 4;

/** By look alone: digits differ from user to user, the domain of an email does not. */
const rarityOf = (character: string): number => {
  if (/[0-9]/.test(character)) return 3;
  return /[jkqvwxyz]|[^\x00-\x7f]/.test(character) ? 2 : 1;
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
