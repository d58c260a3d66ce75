import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { CamelCasePlugin, Kysely, SqliteDialect } from "kysely";
import type { AppTables, WithHost } from "../../store-kysely/test/host.ts";
import { hostHooks } from "../../store-kysely/test/host-hooks.ts";
import { hostTransactions } from "../../store-kysely/test/host-transactions.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

/** An app in the file in which users are kept, which reads integers as bigint. */
const withHost: WithHost = async (body) => {
  const file = newFile();
  const database = new Database(file).defaultSafeIntegers(true);
  const plugins = [new CamelCasePlugin()];
  const app = new Kysely<AppTables>({ dialect: new SqliteDialect({ database }), plugins });
  const elsewhere = new Kysely<AppTables>({ dialect: new SqliteDialect({ database: new Database(newFile()) }) });
  const store = sqliteStore(file);
  try {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(store.open, (storage) =>
          Effect.promise(() => {
            database.exec("create table posts (id integer primary key, author_id text not null)");
            return body({ store, storage, app, elsewhere });
          }),
        ),
      ),
    );
  } finally {
    await app.destroy();
    await elsewhere.destroy();
  }
};

hostTransactions(withHost);
hostHooks(withHost);
