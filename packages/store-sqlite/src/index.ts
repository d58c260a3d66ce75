export type { KyselyTransaction } from "@muster/store-kysely";
export type { Observer } from "./connection.ts";
export { type SqliteOptions, sqliteStore } from "./sqlite-store.ts";
