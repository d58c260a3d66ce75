import type { CredentialStore, UserStatus } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { fixedQuery, type HoleOf } from "./fixed-query.ts";

interface Credential {
  readonly tenant: string;
  readonly userId: string;
  readonly hash: string;
  readonly at: number;
}

export const credentialStore = (db: Builder): ((executor: Executor) => CredentialStore) => {
  const findCandidate = fixedQuery((value: HoleOf<{ tenant: string; canonical: string }>) =>
    db
      .selectFrom("muster_user_identifiers as i")
      .innerJoin("muster_users as u", (join) =>
        join.onRef("u.tenant", "=", "i.tenant").onRef("u.seq", "=", "i.user_seq"),
      )
      .leftJoin("muster_user_credentials as c", (join) =>
        join.onRef("c.tenant", "=", "u.tenant").onRef("c.user_id", "=", "u.id"),
      )
      .select(["u.id", "u.status", "c.password_hash"])
      .where("i.tenant", "=", value("tenant"))
      .where("i.canonical", "=", value("canonical")),
  );

  const find = fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .selectFrom("muster_user_credentials as c")
      .select("c.password_hash")
      .where("c.tenant", "=", value("tenant"))
      .where("c.user_id", "=", value("userId")),
  );

  // Ids are never empty: before the first of them comes the empty text.
  const listAfter = fixedQuery((value: HoleOf<{ tenant: string; after: string; limit: number }>) =>
    db
      .selectFrom("muster_user_credentials as c")
      .select(["c.user_id", "c.password_hash"])
      .where("c.tenant", "=", value("tenant"))
      .where("c.user_id", ">", value("after"))
      .orderBy("c.user_id")
      .limit(value("limit")),
  );

  const put = fixedQuery((value: HoleOf<Credential>) =>
    db
      .insertInto("muster_user_credentials")
      .values({
        tenant: value("tenant"),
        user_id: value("userId"),
        password_hash: value("hash"),
        changed_at: value("at"),
      })
      .onConflict((conflict) =>
        conflict.columns(["tenant", "user_id"]).doUpdateSet({ password_hash: value("hash"), changed_at: value("at") }),
      ),
  );

  const replace = fixedQuery((value: HoleOf<Credential & { expected: string }>) =>
    db
      .updateTable("muster_user_credentials")
      .set({ password_hash: value("hash"), changed_at: value("at") })
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .where("password_hash", "=", value("expected")),
  );

  const remove = fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .deleteFrom("muster_user_credentials")
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId")),
  );

  return (executor) => ({
    findCandidate: (tenant, canonical) =>
      Effect.map(executor.first(findCandidate({ tenant, canonical })), (row) =>
        row === undefined
          ? Option.none()
          : Option.some({ userId: row.id, status: row.status as UserStatus, passwordHash: row.password_hash }),
      ),
    find: (tenant, userId) =>
      Effect.map(executor.first(find({ tenant, userId })), (row) => Option.fromUndefinedOr(row?.password_hash)),
    listAfter: (tenant, afterUserId, limit) =>
      Effect.map(executor.all(listAfter({ tenant, after: afterUserId ?? "", limit })), (rows) =>
        rows.map((row) => ({ userId: row.user_id, passwordHash: row.password_hash })),
      ),
    put: (tenant, userId, hash, at) => Effect.asVoid(executor.run(put({ tenant, userId, hash, at: at.getTime() }))),
    remove: (tenant, userId) => Effect.map(executor.run(remove({ tenant, userId })), (changes) => changes === 1),
    replace: (tenant, userId, expected, hash, at) =>
      Effect.map(
        executor.run(replace({ tenant, userId, expected, hash, at: at.getTime() })),
        (changes) => changes === 1,
      ),
  });
};
