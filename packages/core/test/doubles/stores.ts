import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { StoreModule } from "../../src/ports/storage.ts";

/** The name of a database file that is not there yet, and is gone after the test. */
export const newFile = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "muster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "users.db");
};

/** Every store there is, by name; each `open` names a new, empty database. */
export const stores: readonly { readonly name: "memory" | "SQLite"; readonly open: () => StoreModule }[] = [
  { name: "memory", open: () => memoryStore() },
  { name: "SQLite", open: () => sqliteStore(newFile()) as StoreModule<never> },
];
