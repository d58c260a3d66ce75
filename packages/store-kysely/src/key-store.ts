import type { KeyPurpose, KeyStore, StoredKey } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Selectable } from "kysely";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { KeysTable } from "./tables.ts";

type KeyRow = Selectable<KeysTable>;
const columns = ["id", "purpose", "algorithm", "secret_jwk", "created_at", "active_at", "follows"] as const;

export const keyStore = (db: Builder): ((executor: Executor) => KeyStore) => {
  const list = fixedQuery((_: HoleOf<object>) =>
    db.selectFrom("muster_keys").select(columns).orderBy("created_at").orderBy("id"),
  );

  const insert = fixedQuery((value: HoleOf<KeyRow>) =>
    db
      .insertInto("muster_keys")
      .values({
        id: value("id"),
        purpose: value("purpose"),
        algorithm: value("algorithm"),
        secret_jwk: value("secret_jwk"),
        created_at: value("created_at"),
        active_at: value("active_at"),
        follows: value("follows"),
      })
      .onConflict((conflict) => conflict.columns(["purpose", "follows"]).doNothing()),
  );

  const replaceSecret = fixedQuery((value: HoleOf<{ id: string; from: string; to: string }>) =>
    db
      .updateTable("muster_keys")
      .set({ secret_jwk: value("to") })
      .where("id", "=", value("id"))
      .where("secret_jwk", "=", value("from")),
  );

  const remove = fixedQuery((value: HoleOf<{ id: string }>) =>
    db.deleteFrom("muster_keys").where("id", "=", value("id")),
  );

  return (executor) => ({
    list: () => Effect.map(executor.all(list({})), (rows) => rows.map(keyOf)),
    insert: (key) => Effect.map(executor.run(insert(rowOf(key))), (changes) => changes === 1),
    replaceSecret: (id, from, to) =>
      Effect.map(executor.run(replaceSecret({ id, from, to })), (changes) => changes === 1),
    remove: (id) => Effect.map(executor.run(remove({ id })), (changes) => changes === 1),
  });
};

const rowOf = ({ secretJwk, createdAt, activeAt, ...key }: StoredKey): KeyRow => ({
  ...key,
  secret_jwk: secretJwk,
  created_at: createdAt.getTime(),
  active_at: activeAt.getTime(),
});

const keyOf = (row: KeyRow): StoredKey => ({
  id: row.id,
  purpose: row.purpose as KeyPurpose,
  algorithm: row.algorithm,
  secretJwk: row.secret_jwk,
  createdAt: new Date(Number(row.created_at)),
  activeAt: new Date(Number(row.active_at)),
  follows: row.follows,
});
