import { createMuster, type Muster, type MusterOptions } from "@muster/core";
import { type SqliteOptions, sqliteStore } from "@muster/store-sqlite";

/** An instance on a SQLite file, as a host makes one. */
export const openMuster = (
  path: string,
  options: Partial<MusterOptions> & { readonly sqlite?: SqliteOptions } = {},
): Promise<Muster> => {
  const { sqlite, ...rest } = options;
  return createMuster({ store: sqliteStore(path, sqlite), issuer: "https://bench.example", ...rest });
};
