import * as Effect from "effect/Effect";
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { expect } from "vitest";
import type { AppTables, WithHost } from "../../store-kysely/test/host.ts";
import { hostHooks } from "../../store-kysely/test/host-hooks.ts";
import { hostTransactions } from "../../store-kysely/test/host-transactions.ts";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);

/** An app whose pool the store uses too, with tables in a schema of its own. */
const withHost: WithHost = async (body) => {
  const [connectionString, schema, ofApp] = [await anyDatabase(), newSchema(), newSchema()];
  const pool = new pg.Pool({ connectionString, options: `-c search_path=${ofApp}` });
  await pool.query(`create schema "${ofApp}"`);
  await pool.query("create table posts (id bigint generated always as identity, author_id text not null)");
  const plugins = [new CamelCasePlugin()];
  const app = new Kysely<AppTables>({ dialect: new PostgresDialect({ pool }), plugins });
  const strange = new pg.Pool({ connectionString: connectionString.replace(/[^/]*$/, "template1") });
  const elsewhere = new Kysely<AppTables>({ dialect: new PostgresDialect({ pool: strange }) });
  const store = postgresStore({ pool, schema });
  try {
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(store.open, (storage) => Effect.promise(() => body({ store, storage, app, elsewhere }))),
      ),
    );
    // The store is closed, the host's pool is not, and pg's own parsers are what they were.
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect(pg.types.getTypeParser(20)("5")).toBe("5");
  } finally {
    await app.destroy();
    await elsewhere.destroy();
  }
};

hostTransactions(withHost);
hostHooks(withHost);
