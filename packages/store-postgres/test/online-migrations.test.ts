import * as Effect from "effect/Effect";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { migrations } from "../src/schema.ts";
import { startChild } from "./child.ts";
import { later, migrateLater } from "./later-migrations.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
const schema = newSchema();
const users = `"${schema}".muster_users`;
let url = "";

let pool: pg.Pool;
const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
  (await pool.query<Row>(sql, values)).rows;

const migrate = (onStatement?: (sql: string) => void, count?: number) =>
  Effect.runPromise(migrateLater(url, schema, onStatement, count));

beforeAll(async () => {
  url = await anyDatabase();
  pool = new pg.Pool({ connectionString: url, max: 1 });
  await Effect.runPromise(Effect.scoped(postgresStore({ connectionString: url, schema }).open));
});

afterAll(() => pool.end());

/** As it was before the later migrations. */
const undo = () =>
  query(`drop index if exists "${schema}".muster_users_by_locale, "${schema}".muster_users_by_phone;
    alter table ${users} drop constraint if exists muster_users_short_locale;
    delete from "${schema}".muster_migrations where version > ${migrations.length}`);

/** Which of the later migrations count as made, and whether their work is whole. */
const made = async () => {
  const versions = await query<{ version: number }>(
    `select version from "${schema}".muster_migrations where version > ${migrations.length} order by version`,
  );
  const parts = await query<{ name: string }>(
    `select c.relname::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indrelid = $1::regclass and c.relname in ('muster_users_by_locale', 'muster_users_by_phone') and indisvalid
     union all select conname from pg_constraint
       where conrelid = $1::regclass and conname = 'muster_users_short_locale' and convalidated order by name`,
    [users],
  );
  return [versions.map(({ version }) => version - migrations.length), parts.map(({ name }) => name)];
};
const all = [
  [1, 2, 3],
  ["muster_users_by_locale", "muster_users_by_phone", "muster_users_short_locale"],
];

/** Runs a body while somebody has written a user and not committed yet: whoever makes an index waits for that. */
const whileSomebodyWrites = (body: (commit: () => Promise<unknown>) => Promise<void>): Promise<void> =>
  withClient(url, async (client) => {
    await client.query(`begin; lock table ${users} in row exclusive mode`);
    await body(() => client.query("commit"));
  });

const until = async (sql: string, values: unknown[] = []): Promise<void> => {
  for (let patience = 0; patience < 500; patience++) {
    if ((await query(sql, values)).length > 0) return;
    await new Promise((go) => setTimeout(go, 20));
  }
  throw new Error(`This did not come to pass: ${sql}`);
};
const isInTheMaking = "select pid from pg_stat_progress_create_index where relid = $1::regclass";

describe("migrations of tables with many rows", () => {
  it("interrupted by a fault at any statement are finished by the next start", async () => {
    for (let fatal = 1; ; fatal += 1) {
      await undo();
      let statements = 0;
      const onStatement = (): void => {
        statements += 1;
        if (statements === fatal) throw new Error("fault");
      };
      const first = await Effect.runPromiseExit(migrateLater(url, schema, onStatement, 1));
      await migrate(undefined, 1);
      expect(await made(), `interrupted at ${fatal}`).toEqual([[1], all[1]?.slice(0, 2)]);
      if (first._tag === "Success") break;
      expect(fatal).toBeLessThan(60);
    }
  });

  it("killed beside, within or after a statement are finished by the next start", async () => {
    await undo();
    const { output } = await startChild("migrate-killed-at.ts", [url, schema, "0"]).finished;
    const fatal = output.split("\n").findIndex((line) => line.includes("create index concurrently")) + 1;
    for (const at of [fatal, fatal + 1, fatal + 3]) {
      await undo();
      const killed = await startChild("migrate-killed-at.ts", [url, schema, String(at)]).finished;
      expect(killed.signal, killed.output).toBe("SIGKILL");
      await migrate();
      expect(await made(), `killed at ${at}`).toEqual(all);
    }
  });

  it("go on with an index that the server still makes for a process that was killed", async () => {
    await undo();
    await whileSomebodyWrites(async (commit) => {
      const child = startChild("migrate-killed-at.ts", [url, schema, "0"]);
      await until(isInTheMaking, [users]);
      child.process.kill("SIGKILL");
      await child.finished;
      const statements: string[] = [];
      const next = migrate((sql) => statements.push(sql));
      await new Promise((go) => setTimeout(go, 300));
      await commit();
      await next;
      expect(statements.filter((sql) => sql.startsWith("drop") || sql.includes("by_locale"))).toEqual([]);
    });
    expect(await made()).toEqual(all);
  });

  it("make an index again that was left half-made, at once or by the next start", async () => {
    await undo();
    await whileSomebodyWrites(async (commit) => {
      const first = migrate();
      await until(isInTheMaking, [users]);
      await query(`select pg_terminate_backend(pid) from (${isInTheMaking}) as p`, [users]);
      await commit();
      await first;
    });
    expect(await made()).toEqual(all);
    await undo();
    await query(`create index muster_users_by_locale on ${users} (phone_number)`);
    await query("update pg_index set indisvalid = false where indexrelid = $1::regclass", [
      `"${schema}".muster_users_by_locale`,
    ]);
    await migrate();
    expect(await made()).toEqual(all);
    const [index] = await query<{ definition: string }>("select pg_get_indexdef($1::regclass) as definition", [
      `"${schema}".muster_users_by_locale`,
    ]);
    expect(index?.definition).toContain("(tenant, locale)");
  });

  it("are each made once by eight who start at once, while somebody writes", async () => {
    await undo();
    const statements: string[] = [];
    await whileSomebodyWrites(async (commit) => {
      const everybody = Promise.all(Array.from({ length: 8 }, () => migrate((sql) => statements.push(sql))));
      await until(isInTheMaking, [users]);
      await new Promise((go) => setTimeout(go, 300));
      await commit();
      await everybody;
    });
    expect(await made()).toEqual(all);
    const count = (part: string) => statements.filter((sql) => sql.includes(part)).length;
    expect([count("create index concurrently"), count('"muster_migrations" (version')]).toEqual([2, later.length]);
    expect([count("pg_advisory_lock"), count("pg_try_advisory_lock")]).toEqual([0, 0]);
    expect(statements.filter((sql) => /\bset (?!local)/.test(sql))).toEqual([]);
  });

  it("validate a constraint while somebody writes", async () => {
    await undo();
    await migrate(undefined, 2);
    await whileSomebodyWrites(async (commit) => {
      await migrate();
      await commit();
    });
    expect(await made()).toEqual(all);
  });
});
