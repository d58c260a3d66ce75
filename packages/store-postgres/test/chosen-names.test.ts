import { aUser, insertUsers } from "@muster/core/testing";
import { madeBy, quoted } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { type PostgresOptions, postgresStore } from "../src/index.ts";
import { migrations } from "../src/schema.ts";
import { searchIndex } from "../src/search.ts";
import { anyDatabase, oddNames, temporarySchemas, withClient } from "./postgres.ts";

type Choice = Pick<PostgresOptions, "tablePrefix" | "tables">;
const newSchema = temporarySchemas(anyDatabase);
const opening = async (schema: string, options: Choice) =>
  postgresStore({ connectionString: await anyDatabase(), schema, ...options }).open;
const opened = async (schema: string, options: Choice) =>
  Effect.runPromise(Effect.scoped(await opening(schema, options)));
const refusal = async (schema: string, options: Choice) =>
  Effect.runPromise(Effect.flip(Effect.scoped(await opening(schema, options))));
const change = async (sql: string) => withClient(await anyDatabase(), (client) => client.query(sql));

describe("names of the host's choice", () => {
  it("are those of everything there is, and the next start finds it", async () => {
    const schema = newSchema();
    for (let start = 0; start < 2; start++) await opened(schema, oddNames);
    const { rows } = await withClient(await anyDatabase(), (client) =>
      client.query<{ name: string }>(
        `select relname::text as name from pg_class where relnamespace = $1::regnamespace
         union all select proname from pg_proc where pronamespace = $1::regnamespace
         union all select tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
           where c.relnamespace = $1::regnamespace and not tgisinternal`,
        [quoted(schema)],
      ),
    );
    expect(rows.length).toBeGreaterThan(40);
    const others = rows
      .map(({ name }) => name)
      .filter((name) => !/^(a "b" 'c' \?|people|select)(?!.*muster)/.test(name));
    expect(others).toEqual([]);
  });

  it("keep two Musters in one schema apart", async () => {
    const schema = newSchema();
    const [openLeft, openRight] = [
      await opening(schema, { tablePrefix: "left_" }),
      await opening(schema, { tablePrefix: "right_" }),
    ];
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const [left, right] = [yield* openLeft, yield* openRight];
          const jane = aUser({ id: "1", username: "jane" });
          yield* insertUsers(left, "acme", [jane]);
          expect(yield* right.users.find("acme", "1")).toEqual(Option.none());
          yield* insertUsers(right, "acme", [aUser({ id: "1", username: "jane", firstName: "Other" })]);
          yield* left.transact(({ accessChanges }) =>
            accessChanges.append({ tenant: "acme", userId: "1" }, new Date(0)),
          );
          expect((yield* right.accessChanges.since(0)).changes).toEqual([]);
          expect(yield* left.users.find("acme", "1")).toEqual(Option.some(jane));
        }),
      ),
    );
    const checksums = async (table: string) =>
      (await change(`select version, checksum from "${schema}".${table} order by version`)).rows;
    expect(await checksums("left_migrations")).toEqual(await checksums("right_migrations"));
    await change(`drop index "${schema}".right_users_by_email`);
    await opened(schema, { tablePrefix: "left_" });
    expect(await refusal(schema, { tablePrefix: "right_" })).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("in this database (right_…) were altered"),
    });
  });

  it("may lack a prefix where nobody else has these names, and are refused where somebody has", async () => {
    const schema = newSchema();
    await change(`create schema "${schema}"; create table "${schema}".users (id text)`);
    expect(await refusal(schema, { tablePrefix: "" })).toMatchObject({
      _tag: "UnsupportedSchema",
      message: expect.stringContaining("holds users but not Muster's table migrations: it was not made by Muster"),
    });
    await change(`drop table "${schema}".users; create table "${schema}".migrations (id text)`);
    expect(await refusal(schema, { tablePrefix: "" })).toMatchObject({ _tag: "UnsupportedSchema" });
    const options: Choice = { tablePrefix: "", tables: { migrations: "schema_versions" } };
    for (let start = 0; start < 2; start++) await opened(schema, options);
  });

  it("are refused in a sentence that names the option", async () => {
    expect(await refusal("pg_mine", {})).toMatchObject({
      _tag: "InvalidConfiguration",
      message: "postgresStore: schemas whose names begin with pg_ are PostgreSQL's own.",
    });
    expect(await refusal("mine", { tables: { users: "" } })).toMatchObject({
      _tag: "InvalidConfiguration",
      message: "postgresStore: tables.users is a name of 1 to 63 bytes.",
    });
  });

  it("fit with the longest prefix", () => {
    const { tables, others } = madeBy(migrations);
    for (const name of [...tables, ...others, searchIndex]) {
      expect(name.length - "muster_".length + 20).toBeLessThanOrEqual(63);
    }
  });
});
