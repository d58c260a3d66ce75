import { legalMoves } from "@muster/core/ports";
import { aUser, insertUsers, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
const statuses = ["pending", "enabled", "disabled", "deleted"] as const;

/** A database with one user of each status, by id, used without the library. */
const raw = async (body: (client: pg.Client) => Promise<void>): Promise<void> => {
  const [connectionString, schema] = [await anyDatabase(), newSchema()];
  const users = statuses.map((status) => aUser({ id: status, status }));
  const open = postgresStore({ connectionString, schema }).open;
  await Effect.runPromise(Effect.scoped(Effect.flatMap(open, (storage) => insertUsers(storage, "acme", users))));
  await withClient(connectionString, async (client) => {
    await client.query(`set search_path = "${schema}"`);
    await body(client);
  });
};

/** What belongs to the installation as a whole: to no tenant, or to all of them in one order. */
const installationWide = ["muster_keys", "muster_access_changes", "muster_migrations"];

/**
 * Unique indexes that do not start with the tenant, foreign keys that do not start with it on both sides, and tables
 * without a primary key: in none of these cases could a cluster keep tenants on different machines.
 */
const keysWithoutTenant = async (client: pg.Client): Promise<readonly string[]> => {
  const found = await client.query(
    `with ours as (
       select oid, relname from pg_class
       where relnamespace = current_schema::regnamespace and relkind in ('r', 'p') and relname like 'muster\\_%'
         and relname <> all ($1)
     )
     select relname || ' has no primary key' as fault from ours
     where not exists (select from pg_index i where i.indrelid = ours.oid and i.indisprimary)
     union all
     select i.indexrelid::regclass::text from ours join pg_index i on i.indrelid = ours.oid
     where i.indisunique and pg_get_indexdef(i.indexrelid, 1, false) <> 'tenant'
     union all
     select k.conname from ours join pg_constraint k on k.conrelid = ours.oid and k.contype = 'f'
       join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
       join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
     where a.attname <> 'tenant' or b.attname <> 'tenant'`,
    [installationWide],
  );
  return found.rows.map(({ fault }) => fault);
};

describe("the schema itself", () => {
  it("starts every key with the tenant", () =>
    raw(async (client) => {
      expect(await keysWithoutTenant(client)).toEqual([]);
      await client.query("alter table muster_users add constraint known_everywhere unique (id)");
      await client.query("alter table muster_sessions add foreign key (user_id) references muster_users (id)");
      await client.query("alter table muster_user_marks drop constraint muster_user_marks_pkey");
      expect(await keysWithoutTenant(client)).toEqual([
        "muster_user_marks has no primary key",
        "known_everywhere",
        "muster_sessions_user_id_fkey",
      ]);
    }));

  it("allows the legal moves of a status and no other", () =>
    raw(async (client) => {
      for (const from of statuses) {
        for (const to of statuses) {
          await client.query("begin");
          const move = client.query("update muster_users set status = $1, deleted_at = $2 where id = $3", [
            to,
            to === "deleted" ? moment().getTime() : null,
            from,
          ]);
          const isLegal = from === to || legalMoves.some((pair) => pair[0] === from && pair[1] === to);
          if (isLegal) expect((await move).rowCount).toBe(1);
          else await expect(move, `${from} to ${to}`).rejects.toThrow("this move of a user's status is not legal");
          await client.query("rollback");
        }
      }
    }));

  it("refuses to remove a user who is not deleted", () =>
    raw(async (client) => {
      for (const id of ["pending", "enabled", "disabled"]) {
        const removal = client.query("delete from muster_users where id = $1", [id]);
        await expect(removal).rejects.toThrow("only a deleted user can be removed");
      }
    }));

  it("takes the credentials, sessions and sign-in facts of a removed user along", () =>
    raw(async (client) => {
      await client.query("insert into muster_user_credentials values ('acme', 'deleted', 'hash', 0)");
      await client.query(
        "insert into muster_sessions (tenant, id, user_id, created_at, expires_at, authenticated_at, methods, refresh_hash) values ('acme', 's', 'deleted', 0, 1, 0, '', '\\x00')",
      );
      await client.query("delete from muster_users where id = 'deleted'");
      for (const table of ["muster_user_credentials", "muster_sessions", "muster_user_sign_ins"]) {
        expect((await client.query(`select from ${table} where user_id = 'deleted'`)).rowCount).toBe(0);
      }
    }));

  it.each([
    [
      "an unknown status, trigger or not",
      "drop trigger muster_users_legal_move on muster_users; update muster_users set status = 'gone' where id = 'enabled'",
    ],
    ["an unknown role", "update muster_users set role = 'root' where id = 'enabled'"],
    ["a version below one", "update muster_users set version = 0 where id = 'enabled'"],
    ["a deletion without its date", "update muster_users set deleted_at = null where id = 'deleted'"],
    ["a date of deletion of one who is not", "update muster_users set deleted_at = 1 where id = 'enabled'"],
    ["metadata that are no object", "update muster_users set metadata = '[]' where id = 'enabled'"],
    ["a text where a number belongs", "update muster_users set created_at = 'today' where id = 'enabled'"],
  ])("refuses %s", (_, sql) =>
    raw(async (client) => {
      await expect(client.query(sql)).rejects.toThrow(/check constraint|invalid input syntax/);
    }),
  );
});
