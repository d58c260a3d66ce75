import Database from "better-sqlite3";

/** A connection by hand with the settings of the store's own: WAL, foreign keys, and as durable as it. */
export const openFile = (path: string, synchronous: "full" | "normal" = "full"): Database.Database => {
  const database = new Database(path);
  for (const pragma of ["journal_mode = wal", "foreign_keys = on", `synchronous = ${synchronous}`])
    database.pragma(pragma);
  return database;
};
