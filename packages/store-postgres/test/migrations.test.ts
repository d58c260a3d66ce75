import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { migrations } from "../src/schema.ts";
import { startChild, startTogether } from "./child.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);

const open = async (schema: string, onStatement = (_: string): void => {}) => {
  const connectionString = await anyDatabase();
  return Effect.scoped(postgresStore({ connectionString, schema, onStatement }).open);
};
const opened = async (schema: string) => Effect.runPromise(await open(schema));
const refusal = async (schema: string) => Effect.runPromise(Effect.flip(await open(schema)));

const newDatabase = async (): Promise<string> => {
  const schema = newSchema();
  await opened(schema);
  return schema;
};

/** Runs statements with the schema first in the search path. */
const change = async (schema: string, ...statements: readonly string[]): Promise<void> =>
  withClient(await anyDatabase(), async (client) => {
    await client.query(`create schema if not exists "${schema}"; set search_path = "${schema}", public`);
    for (const statement of statements) await client.query(statement);
  });

describe("migrations", () => {
  it("are made once: a second start makes none and takes no lock", async () => {
    const schema = await newDatabase();
    const statements: string[] = [];
    await Effect.runPromise(await open(schema, (sql) => statements.push(sql)));
    expect(statements.filter((sql) => !/^\s*(select|with)\b/.test(sql) || sql.includes("lock"))).toEqual([]);
  });

  it("killed at any statement are finished by the next start", async () => {
    const url = await anyDatabase();
    const whole = await startChild("open-killed-at.ts", [url, newSchema(), "0"]).finished;
    const statements = Number(/opened after (\d+)/.exec(whole.output)?.[1]);
    expect(statements).toBeGreaterThan(40);
    for (const fatal of [3, 9, 20, 38, statements - 8, statements - 4, statements]) {
      const schema = newSchema();
      const killed = await startChild("open-killed-at.ts", [url, schema, String(fatal)]).finished;
      expect(killed.signal, `killed at ${fatal}: ${killed.output}`).toBe("SIGKILL");
      await opened(schema);
      await opened(schema);
    }
  });

  it("interrupted by a fault at any statement are finished by the next start", async () => {
    for (let fatal = 1; ; fatal += 3) {
      const schema = newSchema();
      let statements = 0;
      const onStatement = (): void => {
        statements += 1;
        if (statements === fatal) throw new Error("fault");
      };
      const first = await Effect.runPromiseExit(await open(schema, onStatement));
      await opened(schema);
      if (first._tag === "Success") break;
      expect(fatal).toBeLessThan(200);
    }
  });

  it("are each made by one of eight processes that start at once", async () => {
    const [url, schema] = [await anyDatabase(), newSchema()];
    const children = Array.from({ length: 8 }, () => startChild("open-at-once.ts", [url, schema]));
    const made = (await startTogether(children)).map(({ output }) => Number(/made (\d+)$/m.exec(output)?.[1]));
    expect(made.reduce((sum, each) => sum + each)).toBe(migrations.length);
  });
});

describe("a database is refused in a sentence when", () => {
  it("it is of a newer schema", async () => {
    const schema = await newDatabase();
    await change(
      schema,
      "insert into muster_migrations select version + 1, 'later', checksum, fingerprint, applied_at from muster_migrations order by version desc limit 1",
    );
    expect(await refusal(schema)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringMatching(
        /has schema version \d+, .* knows versions up to \d+: use a Muster that is as new/,
      ),
    });
  });

  it("another build made its schema", async () => {
    const schema = await newDatabase();
    await change(schema, "update muster_migrations set checksum = 'other'");
    expect(await refusal(schema)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("its checksum differs from ours"),
    });
  });

  it.each([
    ["a column was added", "alter table muster_users add column shoe_size integer"],
    ["a column has another type", "alter table muster_users alter column version type bigint"],
    [
      "a column may be null",
      "alter table muster_users alter column id drop identity if exists, alter column role drop not null",
    ],
    ["an index was dropped", "drop index muster_users_by_email"],
    [
      "an index has other columns",
      "drop index muster_users_by_email; create index muster_users_by_email on muster_users (tenant, email_key)",
    ],
    ["a trigger was dropped", "drop trigger muster_users_legal_move on muster_users"],
    ["a trigger was disabled", "alter table muster_users disable trigger muster_users_legal_move"],
    ["a check was dropped", "alter table muster_users drop constraint muster_users_status_check"],
    ["a foreign key was dropped", "alter table muster_sessions drop constraint muster_sessions_tenant_user_id_fkey"],
    ["a table was dropped", "drop table muster_keys"],
    [
      "a function was replaced",
      "create or replace function muster_users_legal_move() returns trigger language plpgsql as $$ begin return new; end $$",
    ],
  ])("%s", async (_, statement) => {
    const schema = await newDatabase();
    await change(schema, statement);
    expect(await refusal(schema)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("altered by something other than Muster"),
    });
  });

  it("somebody else's tables have our names", async () => {
    const schema = newSchema();
    await change(schema, "create table muster_users (id text)");
    expect(await refusal(schema)).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("it was not made by Muster"),
    });
  });
});

describe("a database is accepted when", () => {
  it("the host keeps tables and indexes of its own in it, with references to users", async () => {
    const schema = await newDatabase();
    await change(
      schema,
      "create table posts (tenant text, author text, foreign key (tenant, author) references muster_users (tenant, id))",
      "create index users_by_locale on muster_users (locale)",
      "create view muster_everybody as select * from muster_users",
      "analyze",
    );
    await opened(schema);
  });

  it("the index for searches was dropped: the next start makes it again", async () => {
    const schema = await newDatabase();
    await change(schema, "drop index muster_users_by_trigrams");
    await opened(schema);
    await change(schema, "drop index muster_users_by_trigrams");
  });
});
