import path from "node:path";
import type { StoreModule } from "@muster/core";
import { type KyselyTransaction, postgresStore } from "@muster/store-postgres";
import { sqliteStore } from "@muster/store-sqlite";

const isUrl = (database: string): boolean => /^postgres(ql)?:\/\//.test(database);

/** PostgreSQL for a URL, a SQLite file for anything else. The rest of the app knows of no difference. */
export const storeOf = (database: string): StoreModule<KyselyTransaction> =>
  isUrl(database) ? postgresStore({ connectionString: database }) : sqliteStore(database);

/** How a database is called in what is printed: without a password. */
export const nameOf = (database: string): string => {
  if (database === ":memory:") return "in memory, gone when the app ends";
  if (!isUrl(database)) return path.resolve(database);
  const { host, pathname } = new URL(database);
  return `PostgreSQL, ${host}${pathname}`;
};
