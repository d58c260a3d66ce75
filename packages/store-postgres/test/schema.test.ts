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

describe("the schema itself", () => {
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
        "insert into muster_sessions (tenant, id, user_id, created_at, expires_at, refresh_hash) values ('acme', 's', 'deleted', 0, 1, '\\x00')",
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
