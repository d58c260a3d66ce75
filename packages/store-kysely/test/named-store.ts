import type { StoreModule } from "@muster/core/ports";

/** The store that a test program is told of by its arguments: `sqlite <file>` or `postgres <url> <schema>`. */
export const namedStore = async (args: readonly string[]): Promise<StoreModule> => {
  const [kind, address = "", schema = ""] = args;
  if (kind === "sqlite") return (await import("../../store-sqlite/src/index.ts")).sqliteStore(address);
  const { postgresStore } = await import("../../store-postgres/src/index.ts");
  return postgresStore({ connectionString: address, schema });
};
