import type { Storage } from "@muster/core/ports";
import { aUser, changed, insertUsers } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { type PostgresOptions, postgresStore } from "../src/index.ts";
import { temporaryDatabase, withClient } from "./postgres.ts";

const connectionString = await temporaryDatabase();
const statements: string[] = [];
const open = (options: Partial<PostgresOptions> = {}) =>
  postgresStore({ connectionString, onStatement: (sql) => statements.push(sql), ...options } as PostgresOptions).open;

const query = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
  withClient(connectionString, async (client) => (await client.query(sql)).rows);

const stateOfIndex = async (): Promise<unknown> =>
  (
    await query(`select indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relname = 'muster_users_by_trigrams'`)
  )[0]?.valid;

const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
  for (let patience = 0; !(await isTrue()); patience++) {
    if (patience > 1_500) throw new Error("It did not come to pass.");
    await new Promise((go) => setTimeout(go, 20));
  }
};

/** As many as make the index too much work to be done on the spot. */
const addManyUsers = () =>
  query(`
    with made as (
      insert into muster_users (tenant, id, status, role, version, created_at, username, username_key, email_key,
        first_name, first_name_key, last_name_key, display_name_key, tags, metadata, private_metadata)
      select 'acme', 'u' || n, 'enabled', 'user', 1, n, 'name' || n, 'name' || n, '', md5(n::text), md5(n::text), '', '',
        '[]', '{}', '{}' from generate_series(1, 20000) as n
      returning tenant, seq, id
    )
    insert into muster_user_sign_ins (tenant, user_seq, user_id, login_count) select tenant, seq, id, 0 from made`);

const usesIndex = async (storage: Storage<never>): Promise<boolean> => {
  statements.length = 0;
  const where = { kind: "search", fields: ["username"], text: "name777" } as const;
  const selection = { where, sortBy: "username", descending: false, limit: 50 } as const;
  expect(await Effect.runPromise(storage.users.list("acme", selection))).toHaveLength(11);
  return statements.some((sql) => sql.includes(" like "));
};

/** What the maker of the index keeps others from: with this lock nobody who reads or writes. */
const strongestLocks = () =>
  query(`select distinct l.mode from pg_locks l join pg_stat_activity a using (pid)
    where l.relation = 'muster_users'::regclass and a.query like 'create index concurrently%' and l.granted`);

/** Who writes and waits for a lock on the table. */
const waitingWriters = () =>
  query(`select a.query from pg_locks l join pg_stat_activity a using (pid)
    where l.relation = 'muster_users'::regclass and l.mode = 'RowExclusiveLock' and not l.granted`);

describe("the index for searches over 20,000 users", () => {
  it("is made in the background while writers write, and is used from then on", async () => {
    const writer = new pg.Client({ connectionString });
    await Effect.runPromise(Effect.scoped(open()));
    await addManyUsers();
    await query("drop index muster_users_by_trigrams");
    await writer.connect();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          // The maker of the index waits for this transaction, so that it is at work for as long as we like.
          yield* Effect.promise(() => writer.query("begin; lock table muster_users in row exclusive mode"));
          const storage = yield* open();
          yield* Effect.promise(() => until(async () => (await stateOfIndex()) === false));
          expect(yield* Effect.promise(() => usesIndex(storage))).toBe(false);

          let isMaking = true;
          let written = 0;
          const locks = new Set<unknown>();
          const blocked: unknown[] = [];
          const writing = yield* Effect.forkChild(
            Effect.gen(function* () {
              for (; isMaking || written < 20; written++) {
                const id = `new${written}`;
                yield* insertUsers(storage, "acme", [aUser({ id, username: `new${written}` })]);
                const user = Option.getOrThrow(yield* storage.users.find("acme", id));
                const renamed = changed(user, { firstName: "Renamed" });
                expect(yield* storage.transact(({ users }) => users.update("acme", user, renamed))).toBe(true);
                if (written === 20) yield* Effect.promise(() => writer.query("commit"));
              }
            }),
          );
          yield* Effect.promise(() =>
            until(async () => {
              for (const { mode } of await strongestLocks()) locks.add(mode);
              blocked.push(...(await waitingWriters()));
              return (await stateOfIndex()) === true;
            }),
          );
          isMaking = false;
          yield* Fiber.join(writing);
          expect(written).toBeGreaterThan(20);
          expect([...locks]).toEqual(["ShareUpdateExclusiveLock"]);
          expect(blocked).toEqual([]);
          yield* Effect.promise(() => until(() => usesIndex(storage)));
        }),
      ),
    );
    await writer.end();
  });

  it("is there when the store opens, if that is wished, also after it was left half-made", async () => {
    for (const spoil of [
      "drop index muster_users_by_trigrams",
      "update pg_index set indisvalid = false where indexrelid = 'muster_users_by_trigrams'::regclass",
    ]) {
      await query(spoil);
      await Effect.runPromise(
        Effect.scoped(
          Effect.flatMap(open({ searchIndex: "wait" }), (storage) =>
            Effect.promise(async () => expect(await usesIndex(storage)).toBe(true)),
          ),
        ),
      );
      expect(await stateOfIndex()).toBe(true);
    }
  });

  it("that takes longer than the store is open is finished by the next start", async () => {
    await query("drop index muster_users_by_trigrams");
    await withClient(connectionString, async (client) => {
      await client.query("begin; lock table muster_users in row exclusive mode");
      const start = performance.now();
      await Effect.runPromise(
        Effect.scoped(
          Effect.andThen(
            open(),
            Effect.promise(() => until(async () => (await stateOfIndex()) === false)),
          ),
        ),
      );
      expect(performance.now() - start).toBeLessThan(5_000);
      await client.query("commit");
    });
    await Effect.runPromise(Effect.scoped(open({ searchIndex: "wait" })));
    expect(await stateOfIndex()).toBe(true);
  });
});
