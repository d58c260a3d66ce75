import type { User } from "@muster/core";
import type { Database } from "better-sqlite3";
import { columns, mapped, type ReadRow } from "./read-user.ts";

const from = "muster_users u cross join muster_user_sign_ins s";
const joined = "s.user_seq = u.seq and u.tenant = 'default'";
const keys = ["username_key", "email_key", "first_name_key", "last_name_key", "display_name_key"] as const;
const holds = `(${keys.map((key) => `instr(u.${key}, @part) > 0`).join(" or ")})`;

/**
 * The lists of the comparison as somebody writes them who knows the tables and which index serves each best: 50 users,
 * mapped, nothing else. `cross join` keeps SQLite to the order written.
 */
const texts = {
  newest: `select ${columns} from ${from} where ${joined} and +u.status = 'enabled'
    order by u.created_at desc, u.id desc limit 50`,
  newestDeep: `select ${columns} from ${from} where ${joined} and +u.status = 'enabled' and (u.created_at, u.id) < (+@key, +@id)
    order by u.created_at desc, u.id desc limit 50`,
  byLastName: `select ${columns} from ${from} where ${joined} and +u.status = 'enabled'
    order by u.last_name_key, u.id limit 50`,
  byLastNameDeep: `select ${columns} from ${from} where ${joined} and +u.status = 'enabled' and (u.last_name_key, u.id) > (+@key, +@id)
    order by u.last_name_key, u.id limit 50`,
  marked: `select ${columns} from muster_user_marks m cross join ${from}
    where m.tenant = 'default' and m.mark = +@mark and u.seq = m.user_seq and s.user_seq = u.seq
    order by m.created_at desc, m.user_id desc limit 50`,
  rareText: `select ${columns} from muster_user_search f cross join ${from}
    where f.muster_user_search match @match and u.seq = f.rowid and s.user_seq = u.seq and +u.tenant = 'default' and ${holds}
    order by u.created_at desc, u.id desc limit 50`,
  commonText: `select ${columns} from ${from} where ${joined} and ${holds}
    order by u.created_at desc, u.id desc limit 50`,
} as const;

export type HandList = keyof typeof texts;

export const makeUserLister = (
  database: Database,
): ((list: HandList, values?: Readonly<Record<string, string | number>>) => readonly User[]) => {
  const statements = new Map(
    Object.entries(texts).map(([name, text]) => [name, database.prepare<[object], ReadRow>(text)]),
  );
  return (list, values = {}) => {
    const statement = statements.get(list);
    if (statement === undefined) throw new Error(`There is no list ${list}.`);
    return statement.all(values).map(mapped);
  };
};
