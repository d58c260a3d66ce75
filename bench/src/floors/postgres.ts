import type { User } from "@muster/core";
import pg from "pg";
import { columns, mapped, type ReadRow } from "./read-user.ts";

const signIns = "join muster_user_sign_ins s on s.tenant = u.tenant and s.user_seq = u.seq";
const users = `from muster_users u ${signIns} where u.tenant = 'default'`;
const newestFirst = "order by u.created_at desc, u.id desc limit 50";
const allTexts = ["username_key", "email_key", "first_name_key", "last_name_key", "display_name_key"]
  .map((key) => `u.${key}`)
  .join(" || E'\\n' || ");

/**
 * What is compared, as somebody writes it who knows the tables and which index serves it best. What few have is looked
 * up before it is sorted, whatever the planner expects of a pattern.
 */
const texts = {
  get: `select ${columns} ${users} and u.id = $1`,
  findByEmail: `select ${columns} from muster_user_identifiers i
    join muster_users u on u.tenant = i.tenant and u.seq = i.user_seq ${signIns}
    where i.tenant = 'default' and i.canonical = $1`,
  newest: `select ${columns} ${users} and u.status = 'enabled' ${newestFirst}`,
  newestDeep: `select ${columns} ${users} and u.status = 'enabled' and (u.created_at, u.id) < ($1, $2) ${newestFirst}`,
  marked: `select ${columns} from muster_user_marks m
    join muster_users u on u.tenant = m.tenant and u.seq = m.user_seq ${signIns}
    where m.tenant = 'default' and m.mark = $1 order by m.created_at desc, m.user_id desc limit 50`,
  rareText: `with found as materialized (select u.* from muster_users u where u.tenant = 'default' and ${allTexts} like $1)
    select ${columns} from found u ${signIns} ${newestFirst}`,
  commonText: `select ${columns} ${users} and strpos(${allTexts}, $1) > 0 ${newestFirst}`,
} as const;

/** The same as `rareText`, the way in left to the planner. */
export const plainRareText = `select ${columns} ${users} and ${allTexts} like $1 ${newestFirst}`;

/** Answers users with pg alone: one statement, planned for its values, mapped. */
export type PostgresHand = (query: keyof typeof texts, values: readonly unknown[]) => Promise<readonly User[]>;

/** A pool of pg as it is by default, but that 64-bit integers become numbers, and JSON is left to the mapping. */
export const openPool = (connectionString: string): pg.Pool =>
  new pg.Pool({
    connectionString,
    types: { getTypeParser: (type: number) => parsers.get(type) ?? pg.types.getTypeParser(type) },
  });

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [20, Number],
  [3802, (text) => text],
]);

export const makePostgresHand =
  (pool: pg.Pool): PostgresHand =>
  async (query, values) =>
    (await pool.query<ReadRow>(texts[query], [...values])).rows.map(mapped);
