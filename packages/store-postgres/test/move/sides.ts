import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createMuster, type Muster } from "@muster/core";
import type { MovableStore } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import { afterAll } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { postgresStore } from "../../src/index.ts";
import { anyDatabase, temporarySchemas } from "../postgres.ts";

export type Kind = "SQLite" | "PostgreSQL";

/** A database that is not there yet, and how another process names it. */
export interface Side {
  readonly store: MovableStore;
  /** A path, or a connection string and a schema. */
  readonly place: readonly string[];
}

/** Answers databases that are not there yet, and go with the test file. */
export const newSides = (): ((kind: Kind) => Promise<Side>) => {
  const newSchema = temporarySchemas(anyDatabase);
  const folder = mkdtempSync(path.join(tmpdir(), "muster-move-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let made = 0;
  return async (kind) => {
    if (kind === "PostgreSQL") {
      const [connectionString, schema] = [await anyDatabase(), newSchema()];
      return { store: postgresStore({ connectionString, schema }), place: [connectionString, schema] };
    }
    const file = path.join(folder, `${++made}.db`);
    return { store: sqliteStore(file), place: [file] };
  };
};

export const openMuster = (store: MovableStore): Promise<Muster> =>
  createMuster({ store, issuer: "https://app.example", retentionDays: 0 });

/** What no database of Muster may hold, and this one does. */
export const brokenIn = (store: MovableStore): Promise<readonly string[]> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(store.open, (storage) => storage.brokenInvariants?.() ?? Effect.succeed(["not looked"])),
    ),
  );
