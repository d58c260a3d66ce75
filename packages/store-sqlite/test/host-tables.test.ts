import { createMuster } from "@muster/core";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { describe } from "vitest";
import { type HostApp, usersHeldByAnApp } from "../../store-kysely/test/host-tables.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

const anApp = async (onDelete: string): Promise<HostApp> => {
  const file = newFile();
  let now = Date.UTC(2026, 0, 1);
  const store = sqliteStore(file, { tablePrefix: "auth_", tables: { users: "people" }, synchronous: "normal" });
  const muster = await createMuster({ store, issuer: "https://app.example", ports: { clock: { now: () => now } } });
  const database = new Database(file);
  database.pragma("foreign_keys = on");
  database.exec(`create table posts (id integer primary key, tenant text, author text,
    foreign key (tenant, author) references people (tenant, id) ${onDelete})`);
  const db: HostApp["db"] = new Kysely({ dialect: new SqliteDialect({ database }) });
  return {
    muster,
    db,
    wait: (days) => {
      now += days * 86_400_000;
    },
    close: async () => {
      await muster.close();
      await db.destroy();
    },
  };
};

describe("users to whom rows of the app refer, in one SQLite file", () =>
  usersHeldByAnApp(anApp, ["on delete restrict", "on delete no action", ""]));
