import { createHash } from "node:crypto";
import { createMuster } from "@muster/core";
import { postgresStore } from "@muster/store-postgres";
import { hashSync } from "@node-rs/argon2";
import pg from "pg";
import { edition } from "../dataset/data-set.ts";
import { type DeepPages, findDeepPages } from "../dataset/deep-pages.ts";
import { password } from "../dataset/person.ts";
import { isRunning } from "../dataset/stale.ts";
import { checkLoader } from "./check.ts";
import { loadUsers } from "./load.ts";
import type { Postgres } from "./server.ts";

/** A database full of users, and places deep in its lists. */
export interface PostgresDataSet {
  readonly size: number;
  readonly url: string;
  readonly deep: DeepPages;
}

/** The data sets of some sizes, made when the server has none of them yet; those of another schema are dropped. */
export const postgresDataSets = async (
  postgres: Postgres,
  sizes: readonly number[],
): Promise<readonly PostgresDataSet[]> => {
  const schema = (await inDatabases(postgres, ["schema"], ([url = ""]) => schemaHash(url))).slice(0, 12);
  const prefix = `${family}${schema}_${edition}_`;
  await dropOthers(postgres, prefix, sizes);
  const sets: PostgresDataSet[] = [];
  let isChecked = false;
  for (const size of sizes) {
    const name = `${prefix}${size}`;
    let deep = await placesIn(postgres, name);
    if (deep === undefined) {
      if (!isChecked)
        await inDatabases(postgres, ["created", "loaded"], ([one = "", other = ""]) => checkLoader(one, other));
      isChecked = true;
      await make(postgres, name, size);
      deep = await placesIn(postgres, name);
    }
    if (deep === undefined) throw new Error(`The database ${name} was made and is not there.`);
    sets.push({ size, url: postgres.urlOf(name), deep });
  }
  return sets;
};

/** How all names of databases of the bench begin. */
const family = "muster_bench_";

/** What is kept as the comment of a database that is whole. */
const placesIn = async ({ admin }: Postgres, name: string): Promise<DeepPages | undefined> => {
  const { rows } = await admin.query<{ places: string }>(
    "select shobj_description(oid, 'pg_database') as places from pg_database where datname = $1",
    [name],
  );
  return rows[0] === undefined ? undefined : JSON.parse(rows[0].places);
};

const make = async (postgres: Postgres, name: string, size: number): Promise<void> => {
  const begun = performance.now();
  await inDatabases(postgres, ["draft"], async ([url = ""], [draft = ""]) => {
    const open = () =>
      createMuster({ store: postgresStore({ connectionString: url, searchIndex: "wait" }), issuer: "bench" });
    await (await open()).close();
    await loadUsers(url, size, hashSync(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));
    const muster = await open();
    const deep = JSON.stringify(await findDeepPages(muster, size));
    await muster.close();
    await postgres.admin.query(`comment on database ${draft} is ${pg.escapeLiteral(deep)}`);
    await postgres.admin.query(`alter database ${draft} rename to ${name}`).catch((error: unknown) => {
      // Somebody else was faster.
      if (!(error instanceof pg.DatabaseError) || error.code !== "42P04") throw error;
    });
  });
  console.error(`PostgreSQL data set of ${size} users made in ${Math.round((performance.now() - begun) / 1_000)} s`);
};

/** Lends empty databases, and drops those that are still there by their names afterwards. */
const inDatabases = async <A>(
  { admin, urlOf }: Postgres,
  uses: readonly string[],
  use: (urls: readonly string[], names: readonly string[]) => Promise<A>,
): Promise<A> => {
  const names = uses.map((one) => `${family}${one}_${process.pid}`);
  try {
    for (const name of names) await admin.query(`create database ${name} template template0 encoding 'UTF8'`);
    return await use(names.map(urlOf), names);
  } finally {
    for (const name of names) await admin.query(`drop database if exists ${name} with (force)`);
  }
};

/** Names the schema that the store makes now: another one needs other data sets. */
const schemaHash = async (url: string): Promise<string> => {
  await (await createMuster({ store: postgresStore({ connectionString: url }), issuer: "bench" })).close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select version, name, checksum from muster_migrations order by version");
  await client.end();
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
};

/** Data sets of these sizes with another schema, and what runs that were killed left half-made of any. */
const dropOthers = async ({ admin }: Postgres, prefix: string, sizes: readonly number[]): Promise<void> => {
  const { rows } = await admin.query<{ name: string }>(
    "select datname as name from pg_database where starts_with(datname, $1) and not starts_with(datname, $2)",
    [family, prefix],
  );
  for (const { name } of rows) {
    const [, use, number] = /_([a-z]+|\d+)_(\d+)$/.exec(name) ?? [];
    const isStale = /^\d+$/.test(use ?? "") ? sizes.includes(Number(number)) : !isRunning(Number(number));
    if (isStale) await admin.query(`drop database if exists ${name} with (force)`);
  }
};
