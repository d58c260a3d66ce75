import { Kysely } from "kysely";
import type { Dialect } from "./dialect.ts";
import type { Tables } from "./tables.ts";

/** Builds and compiles queries. Running one through it does nothing: statements go to an Executor. */
export type Builder = Kysely<Tables>;

export const builderOf = (dialect: Dialect): Builder => new Kysely<Tables>({ dialect: dialect.kysely });
