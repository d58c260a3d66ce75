import { legalMoves } from "@muster/core/ports";
import { aUser, insertUsers, moment } from "@muster/core/testing";
import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const statuses = ["pending", "enabled", "disabled", "deleted"] as const;

/** A database with one user of each status, by id, opened without the library. */
const raw = async (): Promise<Database.Database> => {
  const file = newFile();
  await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(sqliteStore(file).open, (storage) =>
        insertUsers(
          storage,
          "acme",
          statuses.map((status) => aUser({ id: status, status })),
        ),
      ),
    ),
  );
  return new Database(file);
};

/** What belongs to the installation as a whole: to no tenant, or to all of them in one order. */
const installationWide = new Set(["muster_keys", "muster_access_changes", "muster_migrations"]);

/** Unique constraints that do not start with the tenant, but for the number of a row, which is no column of an index. */
const keysWithoutTenant = (database: Database.Database): readonly string[] =>
  database
    .prepare<[], { name: string; index: string; first: string }>(
      `select t.name, l.name as "index", c.name as first
       from pragma_table_list() t, pragma_index_list(t.name) l, pragma_index_info(l.name) c
       where t.schema = 'main' and t.type = 'table' and t.name like 'muster\\_%' escape '\\' and l."unique" and c.seqno = 0`,
    )
    .all()
    .filter(({ name, first }) => first !== "tenant" && !installationWide.has(name))
    .map(({ name, index }) => `${name}: ${index}`);

describe("the schema itself", () => {
  it("starts every key with the tenant", async () => {
    const database = await raw();
    expect(keysWithoutTenant(database)).toEqual([]);
    database.exec("create unique index taken_everywhere on muster_user_identifiers (canonical)");
    expect(keysWithoutTenant(database)).toEqual(["muster_user_identifiers: taken_everywhere"]);
    database.close();
  });

  it("allows the legal moves of a status and no other", async () => {
    for (const from of statuses) {
      for (const to of statuses) {
        const database = await raw();
        const move = () =>
          database
            .prepare("update muster_users set status = ?, deleted_at = ? where id = ?")
            .run(to, to === "deleted" ? moment().getTime() : null, from);
        const isLegal = from === to || legalMoves.some((pair) => pair[0] === from && pair[1] === to);
        if (isLegal) expect(move().changes).toBe(1);
        else expect(move, `${from} to ${to}`).toThrow("this move of a user's status is not legal");
        database.close();
      }
    }
  });

  it.each(["pending", "enabled", "disabled"])("refuses to remove a user who is %s", async (id) => {
    const database = await raw();
    expect(() => database.prepare("delete from muster_users where id = ?").run(id)).toThrow("only a deleted user");
    database.close();
  });

  it("takes the credentials, sessions and sign-in facts of a removed user along", async () => {
    const database = await raw();
    database.pragma("foreign_keys = on");
    database.exec("insert into muster_user_credentials values ('acme', 'deleted', 'hash', 0)");
    database.exec(
      "insert into muster_sessions (tenant, id, user_id, created_at, expires_at, authenticated_at, methods, refresh_hash) values ('acme', 's', 'deleted', 0, 1, 0, '', x'00')",
    );
    database.exec("delete from muster_users where id = 'deleted'");
    const left = (table: string) => database.prepare(`select 1 from ${table} where user_id = 'deleted'`).all();
    expect(["muster_user_credentials", "muster_sessions", "muster_user_sign_ins"].flatMap(left)).toEqual([]);
    database.close();
  });

  it.each([
    [
      "an unknown status, trigger or not",
      "drop trigger muster_users_legal_move; update muster_users set status = 'gone' where id = 'enabled'",
    ],
    ["an unknown role", "update muster_users set role = 'root' where id = 'enabled'"],
    ["a version below one", "update muster_users set version = 0 where id = 'enabled'"],
    ["a deletion without its date", "update muster_users set deleted_at = null where id = 'deleted'"],
    ["a date of deletion of one who is not", "update muster_users set deleted_at = 1 where id = 'enabled'"],
    ["metadata that are no object", "update muster_users set metadata = '[]' where id = 'enabled'"],
    ["a text where a number belongs", "update muster_users set created_at = 'today' where id = 'enabled'"],
  ])("refuses %s", async (_, sql) => {
    const database = await raw();
    expect(() => database.exec(sql)).toThrow(/CHECK|malformed|cannot store/);
    database.close();
  });
});
