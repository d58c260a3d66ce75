/**
 * The SQL that Muster's stores share. For authors of a store: hosts import `@muster/store-sqlite` or its like.
 */
export type { Dialect, SearchKeys, SearchQuestion, SeqSource } from "./dialect.ts";
export { refuseEnd } from "./end-of-feed.ts";
export type { Executor, Statement } from "./executor.ts";
export { type Kept, makeKept } from "./kept.ts";
export { type Made, type Migration, madeBy } from "./migration.ts";
export { migrate, type Schema, type SchemaObject } from "./migrations.ts";
export { brokenNames, isOurs, type NameOptions, type Names, namingOf, quoted, type TableName } from "./names.ts";
export { makeStorage } from "./storage.ts";
export { makeStores } from "./stores.ts";
export type { KyselyTransaction } from "./within.ts";
