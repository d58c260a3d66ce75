import { createHash } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { createMuster } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";
import { hashSync } from "@node-rs/argon2";
import Database from "better-sqlite3";
import { checkLoader } from "./check.ts";
import { type DeepPages, findDeepPages } from "./deep-pages.ts";
import { loadUsers } from "./load.ts";
import { password } from "./person.ts";
import { removeStale } from "./stale.ts";

/** A SQLite file full of users, and places deep in its lists. */
export interface DataSet {
  readonly size: number;
  readonly path: string;
  readonly deep: DeepPages;
}

const cache = path.resolve(import.meta.dirname, "../../.cache");

/** To be raised when `personAt` changes: what is in the cache is made anew then. */
export const edition = 1;

/** The data set of a size, made when it is not in the cache. It is for reading: writers take a copy. */
export const dataSet = async (size: number): Promise<DataSet> => {
  const folder = path.join(cache, `${size}-${(await schemaHash()).slice(0, 12)}-${edition}`);
  if (!existsSync(folder)) {
    removeStale(cache, size);
    await make(folder, size);
  }
  const file = path.join(folder, "users.db");
  return { size, path: file, deep: await deepPagesOf(folder, file, size) };
};

/** Found again when they are not kept, e.g. removed because cursors have another form now. */
const deepPagesOf = async (folder: string, file: string, size: number): Promise<DeepPages> => {
  const kept = path.join(folder, "deep-pages.json");
  if (!existsSync(kept)) {
    const muster = await createMuster({ store: sqliteStore(file), issuer: "bench" });
    writeFileSync(kept, JSON.stringify(await findDeepPages(muster, size)));
    await muster.close();
  }
  return JSON.parse(readFileSync(kept, "utf8"));
};

/** A copy of a data set to write to. */
export const copyOf = ({ path: from }: DataSet, folder: string, name: string): string => {
  const to = path.join(folder, `${name}.db`);
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  return to;
};

const make = async (folder: string, size: number): Promise<void> => {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const begun = performance.now();
  await checkLoader(draft);
  const file = path.join(draft, "users.db");
  await (await createMuster({ store: sqliteStore(file), issuer: "bench" })).close();
  loadUsers(file, size, hashSync(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));
  await deepPagesOf(draft, file, size);
  for (const name of ["created", "loaded"]) rmSync(path.join(draft, `${name}.db`));
  renameSync(draft, folder);
  console.error(`data set of ${size} users made in ${Math.round((performance.now() - begun) / 1_000)} s`);
};

/** Names the schema that the store makes now: another one needs other data sets. */
const schemaHash = async (): Promise<string> => {
  mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `schema.${process.pid}.db`);
  await (await createMuster({ store: sqliteStore(file), issuer: "bench" })).close();
  const database = new Database(file);
  const schema = database.prepare("select sql from sqlite_master order by name").pluck().all();
  database.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  return createHash("sha256").update(JSON.stringify(schema)).digest("hex");
};
