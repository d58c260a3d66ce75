export type { KyselyTransaction } from "@muster/store-kysely";
export type { Observer } from "./connection.ts";
export type { PostgresClient, PostgresPool, PostgresQuery, PostgresResult } from "./driver.ts";
export type { FeatureOptions, PostgresFeatures } from "./features.ts";
export type { ListeningOptions } from "./listening.ts";
export type { ConnectionOptions, GivenPool } from "./pools.ts";
export { type PostgresOptions, postgresStore } from "./postgres-store.ts";
export type { ReplicasOptions } from "./replicas.ts";
