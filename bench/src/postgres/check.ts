import { deepStrictEqual } from "node:assert";
import { createMuster } from "@muster/core";
import { postgresStore } from "@muster/store-postgres";
import pg from "pg";
import { password, personAt } from "../dataset/person.ts";
import { fixedHasher } from "../fixed-hasher.ts";
import { loadUsers } from "./load.ts";

const sampleSize = 100;

/** Tables that a create writes, in an order that does not depend on how; the audit log is left to creates. */
const compared = [
  "select to_jsonb(u) - 'seq' as user from muster_users u order by u.id",
  "select i.canonical, u.id from muster_user_identifiers i join muster_users u on u.seq = i.user_seq order by i.canonical",
  "select to_jsonb(s) - 'user_seq' as facts, u.id from muster_user_sign_ins s join muster_users u on u.seq = s.user_seq order by u.id",
  "select m.mark, m.created_at, m.user_id, u.id from muster_user_marks m join muster_users u on u.seq = m.user_seq order by m.mark, u.id",
  "select * from muster_user_credentials order by user_id",
  "select indexdef from pg_indexes where schemaname = 'public' order by indexname",
  "select conname, pg_get_constraintdef(oid) as definition from pg_constraint where connamespace = 'public'::regnamespace order by conname",
] as const;

/** Throws unless users that were loaded are, row by row, the users that `create` makes. Takes two empty databases. */
export const checkLoader = async (created: string, loaded: string): Promise<void> => {
  let now = 0;
  const muster = await createMuster({
    store: postgresStore({ connectionString: created }),
    issuer: "bench",
    ports: { clock: { now: () => now }, passwordHasher: fixedHasher("hash") },
  });
  for (let index = 0; index < sampleSize; index++) {
    const { createdAt, ...person } = personAt(index, sampleSize);
    now = createdAt.getTime();
    await muster.users.create({ ...person, password });
  }
  await muster.close();
  await (await createMuster({ store: postgresStore({ connectionString: loaded }), issuer: "bench" })).close();
  await loadUsers(loaded, sampleSize, "hash");
  for (const sql of compared) deepStrictEqual(await rowsOf(loaded, sql), await rowsOf(created, sql), sql);
};

const rowsOf = async (connectionString: string, sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};
