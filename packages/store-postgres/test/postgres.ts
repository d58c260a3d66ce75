import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type NameOptions, type Names, quoted } from "@muster/store-kysely";
import pg from "pg";
import { afterAll, inject } from "vitest";

/** The server that `DATABASE_URL` names, or else the one that this test run starts for itself. */
const given = process.env.DATABASE_URL;

/** Where tests happen: in databases whose own idea of text differs, that of "C" the least, or in the one that was named. */
export const locales: readonly string[] = given === undefined ? ["C", "en-US", "tr-TR"] : ["as given"];

/** Names that show where one is not quoted, or not put in the place of ours. */
export const oddNames: NameOptions = { tablePrefix: `a "b" 'c' ?`, tables: { users: "people", sessions: "select" } };

/** The connection string of a database with a locale. */
export const databaseOf = async (locale: string): Promise<string> => {
  if (given !== undefined) return given;
  const server = await ownServer();
  if (locale === "C") return server;
  const name = `locale_${locale}`;
  const exists = await withClient(server, (client) =>
    client.query("select from pg_database where datname = $1", [name]),
  );
  if (exists.rowCount === 0) {
    const create = `create database "${name}" template template0 locale_provider icu icu_locale '${locale}' locale 'C'`;
    // Another test file may be faster.
    await withClient(server, (client) => client.query(create)).catch((error) => {
      if (error.code !== "42P04" && error.code !== "23505") throw error;
    });
  }
  return server.replace(/[^/]*$/, name);
};

/** Any database. */
export const anyDatabase = (): Promise<string> => databaseOf(locales[0] ?? "C");

export const withClient = async <A>(connectionString: string, use: (client: pg.Client) => Promise<A>): Promise<A> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
};

/** Answers names of schemas that are not there yet, and drops what was made of them when the test file is done. */
export const temporarySchemas = (connectionString: () => Promise<string>): (() => string) => {
  const made: string[] = [];
  afterAll(async () => {
    // The run's own server goes as a whole.
    if (given === undefined) return;
    await withClient(await connectionString(), async (client) => {
      for (const name of made) await client.query(`drop schema if exists "${name}" cascade`);
    });
  });
  return () => {
    const name = `muster_test_${process.pid}_${Date.now().toString(36)}_${made.length}`;
    made.push(name);
    return name;
  };
};

const ownServer = async (): Promise<string> => {
  const desk = inject("postgresDesk");
  writeFileSync(path.join(desk, "wanted"), "");
  const answer = path.join(desk, "answer");
  while (!existsSync(answer)) await wait(20);
  const { url, error } = JSON.parse(readFileSync(answer, "utf8"));
  if (url === undefined) throw new Error(error);
  return url;
};

/**
 * Answers the name of a schema whose tables are there and empty: the same one each time, since to empty tables takes a
 * tenth of the time that it takes to make them.
 */
export const emptySchemas = (
  connectionString: () => Promise<string>,
  nameOf: Names["nameOf"] = (ours) => ours,
): (() => Promise<string>) => {
  const newSchema = temporarySchemas(connectionString);
  let schema: string | undefined;
  return async () => {
    if (schema === undefined) {
      schema = newSchema();
      return schema;
    }
    const statements = tables.map((table) => `delete from "${schema}".${quoted(nameOf(`muster_${table}`))}`);
    await withClient(await connectionString(), (client) => client.query(statements.join(";")));
    return schema;
  };
};

/** Users last, and without sign-in facts, so that those who are not deleted may go. */
const tables: readonly string[] = [
  "group_trees",
  "groups",
  "user_identifiers",
  "user_marks",
  "user_credentials",
  "sessions",
  "attempts",
  "keys",
  "access_changes",
  "audit_events",
  "outbox",
  "user_sign_ins",
  "users",
];

/** Makes an empty database, and drops it when the test file is done. Answers its connection string. */
export const temporaryDatabase = async (): Promise<string> => {
  const url = await anyDatabase();
  const name = `muster_test_${process.pid}_${Date.now().toString(36)}`;
  await withClient(url, (client) => client.query(`create database "${name}" template template0`));
  afterAll(() => withClient(url, (client) => client.query(`drop database if exists "${name}" with (force)`)));
  return url.replace(/[^/]*$/, name);
};
