import { createMuster } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";
import Database from "better-sqlite3";
import { fixedHasher } from "../fixed-hasher.ts";
import { loadUsers } from "./load.ts";
import { password, personAt } from "./person.ts";

const sampleSize = 500;

/** Tables that a create writes, in an order that does not depend on how; the audit log is left to creates. */
const compared = [
  "select * from muster_users order by seq",
  "select * from muster_user_identifiers order by canonical",
  "select * from muster_user_sign_ins order by user_seq",
  "select * from muster_user_marks order by mark, user_id",
  "select * from muster_user_credentials order by user_id",
  `select rowid from muster_user_search where muster_user_search match '"lov" AND "ela" AND "ace"' order by rowid`,
  `select rowid from muster_user_search where muster_user_search match '"ber"' order by rowid`,
] as const;

/** Throws unless users that were loaded are, row by row, the users that `create` makes. */
export const checkLoader = async (folder: string): Promise<void> => {
  const [created, loaded] = [`${folder}/created.db`, `${folder}/loaded.db`];
  let now = 0;
  const muster = await createMuster({
    store: sqliteStore(created, { synchronous: "normal" }),
    issuer: "bench",
    ports: { clock: { now: () => now }, passwordHasher: fixedHasher("hash") },
  });
  for (let index = 0; index < sampleSize; index++) {
    const { createdAt, ...person } = personAt(index, sampleSize);
    now = createdAt.getTime();
    await muster.users.create({ ...person, password });
  }
  await muster.close();
  await (await createMuster({ store: sqliteStore(loaded), issuer: "bench" })).close();
  loadUsers(loaded, sampleSize, "hash");
  const [left, right] = [new Database(created), new Database(loaded)];
  try {
    for (const sql of compared) {
      const [wanted, found] = [left, right].map((database) => JSON.stringify(database.prepare(sql).all()));
      if (wanted !== found) throw new Error(`Loaded users differ from created ones: ${sql}.`);
    }
  } finally {
    left.close();
    right.close();
  }
};
