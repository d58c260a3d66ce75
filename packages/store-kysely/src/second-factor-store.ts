import type { SecondFactorKind, SecondFactorStore, StoredSecondFactor } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Selectable } from "kysely";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { SecondFactorsTable } from "./tables.ts";

type Row = Selectable<SecondFactorsTable>;

const columns = [
  "id",
  "user_id",
  "kind",
  "name",
  "created_at",
  "confirmed_at",
  "last_used_at",
  "last_step",
  "secret_box",
] as const;

export const secondFactorStore = (db: Builder): ((executor: Executor) => SecondFactorStore) => {
  const insert = fixedQuery((value: HoleOf<Row>) =>
    db.insertInto("muster_second_factors").values({
      tenant: value("tenant"),
      id: value("id"),
      user_id: value("user_id"),
      kind: value("kind"),
      name: value("name"),
      created_at: value("created_at"),
      confirmed_at: value("confirmed_at"),
      last_used_at: value("last_used_at"),
      last_step: value("last_step"),
      secret_box: value("secret_box"),
    }),
  );

  const find = fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_second_factors")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id")),
  );

  const list = fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .selectFrom("muster_second_factors")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .orderBy("created_at")
      .orderBy("id"),
  );

  const accept = fixedQuery((value: HoleOf<{ tenant: string; id: string; step: number; at: number }>) =>
    db
      .updateTable("muster_second_factors")
      .set((eb) => ({
        last_step: value("step"),
        last_used_at: value("at"),
        confirmed_at: eb.fn.coalesce("confirmed_at", eb.val(value("at"))),
      }))
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("last_step", "<", value("step")),
  );

  const rename = fixedQuery((value: HoleOf<{ tenant: string; id: string; name: string }>) =>
    db
      .updateTable("muster_second_factors")
      .set({ name: value("name") })
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id")),
  );

  const remove = fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db.deleteFrom("muster_second_factors").where("tenant", "=", value("tenant")).where("id", "=", value("id")),
  );

  const insertCode = fixedQuery((value: HoleOf<{ tenant: string; userId: string; hash: Uint8Array }>) =>
    db
      .insertInto("muster_recovery_codes")
      .values({ tenant: value("tenant"), user_id: value("userId"), hash: value("hash") }),
  );

  const removeCodes = fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db.deleteFrom("muster_recovery_codes").where("tenant", "=", value("tenant")).where("user_id", "=", value("userId")),
  );

  const consumeCode = fixedQuery((value: HoleOf<{ tenant: string; userId: string; hash: Uint8Array }>) =>
    db
      .deleteFrom("muster_recovery_codes")
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .where("hash", "=", value("hash")),
  );

  const countCodes = fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .selectFrom("muster_recovery_codes")
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId")),
  );

  return (executor) => ({
    insert: (tenant, factor) => Effect.asVoid(executor.run(insert({ tenant, ...valuesOf(factor) }))),
    find: (tenant, id) =>
      Effect.map(executor.first(find({ tenant, id })), (row) => Option.map(Option.fromUndefinedOr(row), factorOf)),
    list: (tenant, userId) =>
      Effect.map(executor.all(list({ tenant, userId })), (rows) => rows.map((row) => factorOf(row))),
    accept: (tenant, id, step, at) => Effect.map(executor.run(accept({ tenant, id, step, at: at.getTime() })), isOne),
    rename: (tenant, id, name) => Effect.map(executor.run(rename({ tenant, id, name })), isOne),
    remove: (tenant, id) => Effect.map(executor.run(remove({ tenant, id })), isOne),
    replaceRecoveryCodes: (tenant, userId, hashes) =>
      executor.atomically(
        Effect.fnUntraced(function* (tx) {
          yield* tx.run(removeCodes({ tenant, userId }));
          for (const hash of hashes) yield* tx.run(insertCode({ tenant, userId, hash }));
        }),
      ),
    consumeRecoveryCode: (tenant, userId, hash) =>
      Effect.map(executor.run(consumeCode({ tenant, userId, hash })), isOne),
    countRecoveryCodes: (tenant, userId) =>
      Effect.map(executor.first(countCodes({ tenant, userId })), (row) => Number(row?.count ?? 0)),
  });
};

const isOne = (changes: number): boolean => changes === 1;

const valuesOf = (factor: StoredSecondFactor): Omit<Row, "tenant"> => ({
  id: factor.id,
  user_id: factor.userId,
  kind: factor.kind,
  name: factor.name,
  created_at: factor.createdAt.getTime(),
  confirmed_at: factor.confirmedAt?.getTime() ?? null,
  last_used_at: factor.lastUsedAt?.getTime() ?? null,
  last_step: factor.lastStep,
  secret_box: factor.secretBox,
});

const factorOf = (row: Omit<Row, "tenant">): StoredSecondFactor => ({
  id: row.id,
  userId: row.user_id,
  kind: row.kind as SecondFactorKind,
  name: row.name,
  createdAt: new Date(Number(row.created_at)),
  confirmedAt: dateOf(row.confirmed_at),
  lastUsedAt: dateOf(row.last_used_at),
  lastStep: Number(row.last_step),
  secretBox: Uint8Array.from(row.secret_box),
});

const dateOf = (time: number | null): Date | null => (time === null ? null : new Date(Number(time)));
