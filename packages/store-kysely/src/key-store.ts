import type { KeyPurpose, KeyStore, StoredKey } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Selectable } from "kysely";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { KeysTable } from "./tables.ts";

type KeyRow = Selectable<KeysTable>;
const columns = ["id", "purpose", "algorithm", "secret_jwk", "created_at"] as const;

export const keyStore = (db: Builder): ((executor: Executor) => KeyStore) => {
  const list = fixedQuery((_: HoleOf<object>) =>
    db.selectFrom("muster_keys").select(columns).orderBy("created_at").orderBy("id"),
  );

  const insertFirst = fixedQuery((value: HoleOf<KeyRow>) =>
    db
      .insertInto("muster_keys")
      .columns(columns)
      .expression(
        db
          .selectNoFrom((e) => columns.map((column) => e.val(value(column)).as(column)))
          .where((e) =>
            e.not(
              e.exists(
                e.selectFrom("muster_keys as k").select(e.lit(1).as("one")).where("k.purpose", "=", value("purpose")),
              ),
            ),
          ),
      ),
  );

  return (executor) => ({
    list: () => Effect.map(executor.all(list({})), (rows) => rows.map(keyOf)),
    insertFirst: ({ secretJwk, createdAt, ...key }) =>
      Effect.map(
        executor.run(insertFirst({ ...key, secret_jwk: secretJwk, created_at: createdAt.getTime() })),
        (changes) => changes === 1,
      ),
  });
};

const keyOf = (row: KeyRow): StoredKey => ({
  id: row.id,
  purpose: row.purpose as KeyPurpose,
  algorithm: row.algorithm,
  secretJwk: row.secret_jwk,
  createdAt: new Date(Number(row.created_at)),
});
