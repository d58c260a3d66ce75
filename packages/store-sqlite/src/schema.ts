import type { Migration, Schema, SchemaObject } from "@muster/store-kysely";
import { users } from "./migrations/0001-users.ts";

/** Every migration, in order. */
export const migrations: readonly Migration[] = [users];

/** Our part of the schema as SQLite keeps it; what others add beside it is no concern of ours. */
export const objectsOf: Schema["objects"] = (executor) =>
  executor.all<SchemaObject>({
    sql: `select name, sql from sqlite_master where name glob 'muster_*' and sql is not null order by name`,
    parameters: [],
  });
