import path from "node:path";
import { memoryStore, type StoreModule } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";

/** Every store the router is driven on, by name, each empty. */
export const stores: readonly (readonly [name: string, open: (directory: string) => StoreModule<never>])[] = [
  ["memory", () => memoryStore()],
  ["SQLite", (directory) => sqliteStore(path.join(directory, "users.db"))],
];
