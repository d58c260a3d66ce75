import type { StoreModule } from "@muster/core/ports";
import { type KyselyTransaction, makeStorage, migrate } from "@muster/store-kysely";
import { migrations, objectsIn, sqliteDialect, sqliteNames } from "@muster/store-sqlite/sql";
import * as Effect from "effect/Effect";
import { openConnection } from "./connection.ts";
import { makeExecutor } from "./executor.ts";
import { unavailable } from "./failures.ts";

/**
 * Keeps users in a SQLite file through Node's own `node:sqlite`, with nothing to compile or install. The file is the one
 * that `@muster/store-sqlite` makes: either store opens it, even at the same time.
 *
 * @param path of a file on a local disk, made when it is not there; `":memory:"` does not work, since two connections
 * would be two databases.
 */
export const nodeSqliteStore = (path: string): StoreModule<KyselyTransaction> => ({
  name: "node-sqlite",
  open: Effect.gen(function* () {
    const writer = yield* openConnection(path, ["journal_mode = wal", "synchronous = full"]);
    const reader = yield* openConnection(path, ["query_only = on"]);
    const executor = yield* makeExecutor(writer, reader);
    const names = sqliteNames();
    yield* migrate({ executor, migrations, names, objects: objectsIn(names), now: Date.now });
    return makeStorage({ ...sqliteDialect(names), name: "node-sqlite", unavailable }, executor);
  }),
});
