/**
 * What this store says to SQLite, without the driver that says it: for stores on another driver. Importing it loads
 * nothing of better-sqlite3.
 */
export { sqliteDialect } from "./dialect.ts";
export { sqliteNames } from "./names.ts";
export { migrations, objectsIn } from "./schema.ts";
