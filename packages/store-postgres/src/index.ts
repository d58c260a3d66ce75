export type { KyselyTransaction } from "@muster/store-kysely";
export type { Observer } from "./connection.ts";
export type { PostgresClient, PostgresPool, PostgresQuery, PostgresResult } from "./driver.ts";
export { type PostgresOptions, postgresStore } from "./postgres-store.ts";
