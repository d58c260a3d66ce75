import { aUser, moment, storageContract } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { beforeAll, describe, expect, it } from "vitest";
import { type PostgresFeatures, type PostgresOptions, postgresStore } from "../src/index.ts";
import { common, givenUpWithoutTriggers, switched } from "./common-sql.ts";
import { anyDatabase, emptySchemas, temporarySchemas, withClient } from "./postgres.ts";
import { constructsOf } from "./sql-constructs.ts";

const newSchema = temporarySchemas(anyDatabase);
const features = Object.keys(switched) as readonly (keyof PostgresFeatures)[];
const allOff = Object.fromEntries(features.map((feature) => [feature, false]));

/** Every word that PostgreSQL gives a meaning of its own. */
let keywords: ReadonlySet<string> = new Set();

/** Constructs that are in no list of what all databases know, each with a statement that it stands in. */
const uncommonIn = (statements: Iterable<string>): ReadonlyMap<string, string> => {
  const uncommon = new Map<string, string>();
  for (const sql of statements) {
    const { words, calls, operators, casts } = constructsOf(sql);
    const uncommonOnes = [
      ...words.filter((word) => isKeyword(word) && !common.keywords.has(word) && !common.names.has(word)),
      ...calls.filter((call) => !(keywords.has(call) ? common.keywords : common.functions).has(call) && !isOurs(call)),
      ...operators.filter((operator) => !common.operators.has(operator)),
      ...casts.filter((type) => !common.types.has(type)),
    ];
    for (const construct of uncommonOnes) uncommon.set(construct, sql);
  }
  return uncommon;
};

const isKeyword = (word: string): boolean => keywords.has(word) || word === "dollar_quotes" || word === "escape_text";

/** A table with its columns, or one of a query's own. */
const isOurs = (call: string): boolean => /^(?:quoted|muster_\w+|p)$/.test(call);

/** What is sent while a database is made, written to and searched. */
const sentWith = async (options: Partial<PostgresOptions>): Promise<readonly string[]> => {
  const statements: string[] = [];
  const onStatement = (sql: string): void => void statements.push(sql);
  const connectionString = await anyDatabase();
  const work = Effect.scoped(
    Effect.gen(function* () {
      const storage = yield* postgresStore({
        connectionString,
        schema: newSchema(),
        onStatement,
        ...options,
      } as PostgresOptions).open;
      const leave = storage.onAccessChange?.(() => {});
      yield* storage.transact(({ users, accessChanges }) =>
        Effect.andThen(
          users.insert("acme", aUser({ username: "jane" })),
          accessChanges.append({ tenant: "acme", userId: "jane" }, moment()),
        ),
      );
      yield* storage.users.count("acme", { kind: "search", fields: ["username"], text: "jane" });
      leave?.();
    }),
  );
  await Effect.runPromise(work);
  return statements;
};

beforeAll(async () => {
  keywords = await withClient(await anyDatabase(), async (client) => {
    const { rows } = await client.query("select word from pg_get_keywords()");
    return new Set(rows.map(({ word }) => word));
  });
});

describe("what is sent to a database that has everything", () => {
  it("goes beyond what all databases know only where a switch says so", async () => {
    const known = new Set(features.flatMap((feature) => [...switched[feature]]));
    const uncommon = uncommonIn(await sentWith({}));
    expect([...uncommon].filter(([construct]) => !known.has(construct))).toEqual([]);
    // Each list is about something that is there.
    for (const feature of features)
      expect([...switched[feature]].some((construct) => uncommon.has(construct))).toBe(true);
  });

  it.each(features)("holds nothing that belongs to %s when that is switched off", async (feature) => {
    const uncommon = uncommonIn(await sentWith({ features: { [feature]: false } }));
    expect([...switched[feature]].filter((construct) => uncommon.has(construct))).toEqual([]);
  });
});

describe("with every feature switched off", () => {
  const emptySchema = emptySchemas(anyDatabase);
  const statements = new Set<string>();

  storageContract({
    describe,
    it: (sentence, run) => {
      if (!givenUpWithoutTriggers.has(sentence)) it(sentence, run);
      else it(`what needs triggers is given up: ${sentence}`, () => expect(run()).rejects.toThrow());
    },
    open: async () =>
      postgresStore({
        connectionString: await anyDatabase(),
        schema: await emptySchema(),
        features: allOff,
        onStatement: (sql) => statements.add(sql),
      }),
  });

  it("the contract, migrations included, sends no SQL but what all databases know", () => {
    expect(statements.size).toBeGreaterThan(200);
    expect([...uncommonIn(statements)]).toEqual([]);
  });

  it("columns have types, and indexes are of a kind, that all databases know", async () => {
    const schema = await emptySchema();
    const rows = await withClient(await anyDatabase(), async (client) => {
      const types = `select distinct format_type(a.atttypid, a.atttypmod) as found from pg_attribute a
        join pg_class c on c.oid = a.attrelid where c.relnamespace = $1::regnamespace and c.relkind = 'r' and a.attnum > 0`;
      const methods = `select distinct m.amname as found from pg_class c join pg_am m on m.oid = c.relam
        where c.relnamespace = $1::regnamespace and c.relkind = 'i'`;
      return [
        ...(await client.query(types, [`"${schema}"`])).rows,
        ...(await client.query(methods, [`"${schema}"`])).rows,
      ];
    });
    const found: readonly string[] = rows.map((row) => row.found);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((each) => !common.types.has(each) && !common.indexMethods.has(each))).toEqual([]);
  });
});
