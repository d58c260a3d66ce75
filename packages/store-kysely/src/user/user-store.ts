import type { UserStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { userLists } from "./user-lists.ts";
import { userQueries } from "./user-queries.ts";
import { type UserRow, userOf } from "./user-row.ts";
import { userWrites } from "./user-writes.ts";

export const userStore = (db: Builder, dialect: Dialect): ((executor: Executor) => UserStore) => {
  const queries = userQueries(db);
  const writes = userWrites(db, dialect);
  const lists = userLists(db, dialect);

  return (executor) => ({
    find: (tenant, id) => Effect.map(executor.first(queries.find({ tenant, id })), maybeUser),
    findByIdentifier: (tenant, canonical) =>
      Effect.map(executor.first(queries.findByIdentifier({ tenant, canonical })), maybeUser),
    ...writes(executor),
    ...lists(executor),
    hasOtherEnabledAdmin: (tenant, id) =>
      dialect.hostsMayRace === true && executor.isOfHost === true
        ? // All who take an admin away touch the same rows, the one that goes among them: they come one after the other.
          Effect.map(executor.all(queries.touchAdmins({ tenant })), (admins) => admins.some((admin) => admin.id !== id))
        : Effect.map(executor.first(queries.otherEnabledAdmin({ tenant, id })), (row) => row !== undefined),
    listDeletedBefore: (tenant, before, limit, offset = 0) =>
      Effect.map(executor.all(queries.deletedBefore({ tenant, before: before.getTime(), limit, offset })), (rows) =>
        rows.map((row) => row.id),
      ),
    recordLogin: (tenant, id, at) => Effect.asVoid(executor.run(queries.recordLogin({ tenant, id, at: at.getTime() }))),
  });
};

const maybeUser = (row: UserRow | undefined): Option.Option<ReturnType<typeof userOf>> =>
  row === undefined ? Option.none() : Option.some(userOf(row));
