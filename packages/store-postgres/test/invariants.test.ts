import type { Storage } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corruptions } from "../../store-kysely/test/invariants/corruptions.ts";
import { fillWithUsers, lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { type KyselyTransaction, postgresStore } from "../src/index.ts";
import { databaseOf, locales, temporarySchemas } from "./postgres.ts";

const locale = locales.at(-1) ?? "C";
const schema = temporarySchemas(() => databaseOf(locale))();

describe("a look through a PostgreSQL database", () => {
  let pool: pg.Pool;
  let hand: Kysely<unknown>;
  let storage: Storage<KyselyTransaction>;
  const scope = Scope.makeUnsafe();
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: await databaseOf(locale), options: `-c search_path=${schema}` });
    hand = new Kysely({ dialect: new PostgresDialect({ pool }) });
    storage = await Effect.runPromise(Scope.provide(postgresStore({ pool, schema }).open, scope));
    await Effect.runPromise(fillWithUsers(storage));
  });
  afterAll(async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void));
    await hand.destroy();
  });

  /** What is said of the database after somebody had a hand in it, in a transaction that is taken back. */
  const afterwards = async (change: string): Promise<readonly string[]> => {
    let said: readonly string[] = [];
    const taken = hand.transaction().execute(async (trx) => {
      const constraints = await sql<{ drop: string }>`
        select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop
        from pg_constraint where contype in ('c', 'f') and connamespace = ${schema}::regnamespace`.execute(trx);
      for (const { drop } of constraints.rows) await sql.raw(drop).execute(trx);
      await sql`set local session_replication_role = replica`.execute(trx);
      if (change !== "") await sql.raw(change).execute(trx);
      said = await Effect.runPromise(lookThrough(storage.within(trx)));
      throw new Error("taken back");
    });
    await expect(taken).rejects.toThrow("taken back");
    return said;
  };

  it("finds nothing in one that only Muster wrote to", async () => {
    expect(await afterwards("")).toEqual([]);
  });

  it.each(corruptions)("finds out that somebody $did", async ({ sql: change, sentence }) => {
    expect(await afterwards(change)).toContain(sentence);
  });
});
