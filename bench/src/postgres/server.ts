import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { ownerOf } from "../../../packages/store-postgres/test/server/program.ts";
import { startServer } from "../../../packages/store-postgres/test/server/server.ts";

/** A PostgreSQL to measure with. */
export interface Postgres {
  /** The connection string of a database. */
  readonly urlOf: (database: string) => string;
  /** For statements about databases. */
  readonly admin: pg.Client;
}

/** What a server with the memory of a laptop and a solid-state disk is given; the rest is as PostgreSQL has it. */
const settings = [
  "shared_buffers=1GB",
  "random_page_cost=1.1",
  "maintenance_work_mem=512MB",
  "max_wal_size=2GB",
  "wal_level=minimal",
  "max_wal_senders=0",
];

/**
 * Lends the server that `DATABASE_URL` names, or one of the bench's own, whose databases are kept for the next run. In a
 * quick run nothing is kept: it may run beside another.
 */
export const withPostgres = async <A>(quick: boolean, use: (postgres: Postgres) => Promise<A>): Promise<A> => {
  const given = process.env.DATABASE_URL;
  if (given !== undefined) return withAdmin(given, (database) => withDatabase(given, database), use);
  const server = await startServer(quick ? undefined : { folder: keptFolder(), settings });
  try {
    return await withAdmin(server.urlOf("postgres"), server.urlOf, use);
  } finally {
    await server.end();
  }
};

const withAdmin = async <A>(
  url: string,
  urlOf: Postgres["urlOf"],
  use: (postgres: Postgres) => Promise<A>,
): Promise<A> => {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await use({ urlOf, admin });
  } finally {
    await admin.end();
  }
};

const withDatabase = (given: string, database: string): string => {
  const url = new URL(given);
  url.pathname = `/${database}`;
  return url.href;
};

/** Beside the other data sets, unless who runs the server for root may not look there. */
const keptFolder = (): string => {
  const [owner, beside] = [ownerOf(), path.resolve(import.meta.dirname, "../../.cache/postgres")];
  mkdirSync(beside, { recursive: true });
  const isReachable = owner === undefined || spawnSync("test", ["-x", path.dirname(beside)], owner).status === 0;
  const folder = isReachable ? beside : path.join(tmpdir(), "muster-bench-postgres");
  mkdirSync(folder, { recursive: true });
  return folder;
};
