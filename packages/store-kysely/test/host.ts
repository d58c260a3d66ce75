import type { Storage, StoreModule } from "@muster/core/ports";
import { aUser, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { ControlledTransaction, Generated, Kysely } from "kysely";
import type { KyselyTransaction } from "../src/index.ts";

/** The tables of an app that keeps its users with Muster. */
export interface AppTables {
  readonly posts: { readonly id: Generated<number>; readonly authorId: string };
}

/** An app on the database of Muster: its own Kysely, with plugins, on connections of its own. */
export interface Host {
  readonly store: StoreModule<KyselyTransaction>;
  readonly storage: Storage<KyselyTransaction>;
  readonly app: Kysely<AppTables>;
  /** The app's Kysely on a database where Muster has no tables. */
  readonly elsewhere: Kysely<AppTables>;
}

/** Opens an app on an empty database for as long as a test lasts. */
export type WithHost = (body: (host: Host) => Promise<void>) => Promise<void>;

export const jane = aUser({
  id: "jane",
  username: "jane",
  email: "jane@example.com",
  tags: ["a"],
  metadata: { team: "blue" },
  updatedAt: moment(3),
});

export const insert = (storage: Storage<KyselyTransaction>, user = jane) =>
  storage.transact(({ users }) => users.insert("acme", user));

/** What the outbox holds of a tenant, by id. */
export const outboxOf = (storage: Storage<KyselyTransaction>, tenant = "default") =>
  Effect.runPromise(storage.outbox.list(tenant, { limit: 100 }));

export const isThere = (storage: Storage<KyselyTransaction>, id = "jane") =>
  Effect.runPromise(Effect.map(storage.users.find("acme", id), Option.isSome));

export const authorsOf = async (app: Kysely<AppTables>) =>
  (await app.selectFrom("posts").select("authorId").orderBy("id").execute()).map(({ authorId }) => authorId);

/** Kysely's transactions with savepoints, begun and ended like the others. */
export const controlled = (app: Kysely<AppTables>) => ({
  execute: async <Result>(body: (trx: ControlledTransaction<AppTables>) => Promise<Result>): Promise<Result> => {
    const trx = await app.startTransaction().execute();
    try {
      const result = await body(trx);
      await trx.commit().execute();
      return result;
    } catch (error) {
      await trx.rollback().execute();
      throw error;
    }
  },
});
