import type { OneTimePurpose, OneTimeTokenStore, StoredOneTimeToken } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Selectable } from "kysely";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { OneTimeTokensTable } from "./tables.ts";

type Row = Selectable<OneTimeTokensTable>;

const columns = ["hash", "purpose", "user_id", "address", "bound_to", "created_at", "expires_at"] as const;

export const oneTimeTokenStore = (db: Builder): ((executor: Executor) => OneTimeTokenStore) => {
  const insert = fixedQuery((value: HoleOf<Row>) =>
    db.insertInto("muster_one_time_tokens").values({
      tenant: value("tenant"),
      hash: value("hash"),
      purpose: value("purpose"),
      user_id: value("user_id"),
      address: value("address"),
      bound_to: value("bound_to"),
      created_at: value("created_at"),
      expires_at: value("expires_at"),
    }),
  );

  const find = fixedQuery((value: HoleOf<{ tenant: string; hash: Uint8Array }>) =>
    db
      .selectFrom("muster_one_time_tokens")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("hash", "=", value("hash")),
  );

  const findNewest = fixedQuery((value: HoleOf<{ tenant: string; userId: string; purpose: string }>) =>
    db
      .selectFrom("muster_one_time_tokens")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .where("purpose", "=", value("purpose"))
      .orderBy("created_at", "desc")
      .orderBy("hash", "desc")
      .limit(1),
  );

  const consume = fixedQuery((value: HoleOf<{ tenant: string; hash: Uint8Array; purpose: string; now: number }>) =>
    db
      .deleteFrom("muster_one_time_tokens")
      .where("tenant", "=", value("tenant"))
      .where("hash", "=", value("hash"))
      .where("purpose", "=", value("purpose"))
      .where("expires_at", ">", value("now"))
      .returning(columns),
  );

  const removeAll = fixedQuery((value: HoleOf<{ tenant: string; userId: string; purpose: string }>) =>
    db
      .deleteFrom("muster_one_time_tokens")
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .where("purpose", "=", value("purpose")),
  );

  const removeExpired = fixedQuery((value: HoleOf<{ before: number; limit: number }>) =>
    db.deleteFrom("muster_one_time_tokens").where(
      (eb) => eb.refTuple("tenant", "hash"),
      "in",
      (eb) =>
        eb
          .selectFrom("muster_one_time_tokens as t")
          .select(["t.tenant", "t.hash"])
          .where("t.expires_at", "<", value("before"))
          .orderBy("t.expires_at")
          .limit(value("limit"))
          .$asTuple("tenant", "hash"),
    ),
  );

  return (executor) => ({
    insert: (tenant, token) => Effect.asVoid(executor.run(insert({ tenant, ...valuesOf(token) }))),
    find: (tenant, hash) => Effect.map(executor.first(find({ tenant, hash })), tokenIn),
    findNewest: (tenant, userId, purpose) =>
      Effect.map(executor.first(findNewest({ tenant, userId, purpose })), tokenIn),
    // A statement that writes and answers rows: outside a transaction it needs one of its own.
    consume: (tenant, hash, purpose, now) =>
      Effect.map(
        executor.atomically((tx) => tx.first(consume({ tenant, hash, purpose, now: now.getTime() }))),
        tokenIn,
      ),
    removeAll: (tenant, userId, purpose) => executor.run(removeAll({ tenant, userId, purpose })),
    removeExpiredBefore: (before, limit) => executor.run(removeExpired({ before: before.getTime(), limit })),
  });
};

const valuesOf = (token: StoredOneTimeToken): Omit<Row, "tenant"> => ({
  hash: token.hash,
  purpose: token.purpose,
  user_id: token.userId,
  address: token.address,
  bound_to: token.boundTo,
  created_at: token.createdAt.getTime(),
  expires_at: token.expiresAt.getTime(),
});

const tokenIn = (row: Omit<Row, "tenant"> | undefined): Option.Option<StoredOneTimeToken> =>
  Option.map(Option.fromUndefinedOr(row), (found) => ({
    hash: Uint8Array.from(found.hash),
    purpose: found.purpose as OneTimePurpose,
    userId: found.user_id,
    address: found.address,
    boundTo: Uint8Array.from(found.bound_to),
    createdAt: new Date(Number(found.created_at)),
    expiresAt: new Date(Number(found.expires_at)),
  }));
