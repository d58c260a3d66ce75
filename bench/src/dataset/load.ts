import Database from "better-sqlite3";
import { makeUserWriter } from "../floors/write-user.ts";
import { personAt } from "./person.ts";

/**
 * Fills the tables of an empty Muster database with users, far faster than `create` would: one transaction without
 * waiting for the disk, the indexes of `muster_users` and the search index made at the end. The schema is the same text
 * afterwards, else Muster would refuse the file.
 */
export const loadUsers = (path: string, size: number, passwordHash: string): void => {
  const database = new Database(path);
  try {
    for (const pragma of [
      "journal_mode = delete",
      "synchronous = off",
      "cache_size = -1500000",
      "temp_store = memory",
    ]) {
      database.pragma(pragma);
    }
    database.exec("begin immediate");
    const indexes = database
      .prepare<[], { name: string; sql: string }>(
        "select name, sql from sqlite_master where type = 'index' and tbl_name in ('muster_users', 'muster_user_sign_ins') and sql is not null",
      )
      .all();
    for (const { name } of indexes) database.exec(`drop index ${name}`);
    const write = makeUserWriter(database);
    for (let index = 0; index < size; index++) write(personAt(index, size), passwordHash);
    for (const { sql } of indexes) database.exec(sql);
    database.exec("insert into muster_user_search (muster_user_search) values ('rebuild')");
    database.exec("commit");
    database.pragma("journal_mode = wal");
  } finally {
    database.close();
  }
};
