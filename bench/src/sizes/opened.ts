import { createMuster } from "@muster/core";
import { type PostgresOptions, postgresStore } from "@muster/store-postgres";
import type { DataSet } from "../dataset/data-set.ts";
import { personAt } from "../dataset/person.ts";
import type { Curve } from "../figure.ts";
import { makeUserLister } from "../floors/list-users.ts";
import { openFile } from "../floors/open-file.ts";
import { makePostgresHand, openPool } from "../floors/postgres.ts";
import { makeUserReader } from "../floors/read-user.ts";
import { openMuster } from "../open-muster.ts";
import type { PostgresDataSet } from "../postgres/data-set.ts";
import type { Given, Operation } from "./operations.ts";

/** One data set, read by Muster and by hand. */
export interface Opened {
  readonly database: Curve["database"];
  readonly size: number;
  readonly muster: (operation: Operation, index: number) => Promise<unknown>;
  readonly byHand: (operation: Operation, index: number) => unknown;
  readonly close: () => Promise<void>;
}

/** What the calls of a batch ask for: always somebody else. */
const givenOf = ({ size, deep }: Pick<DataSet, "size" | "deep">): ((index: number) => Given) => {
  const people = Array.from({ length: 500 }, (_, index) => personAt((index * 7919) % size, size));
  return (index) => ({ person: people[index % people.length] ?? personAt(0, size), deep });
};

export const openSqlite = async (set: DataSet): Promise<Opened> => {
  const muster = await openMuster(set.path);
  const file = openFile(set.path);
  const hand = { reader: makeUserReader(file), list: makeUserLister(file) };
  const given = givenOf(set);
  return {
    database: "SQLite",
    size: set.size,
    muster: (operation, index) => operation.muster(muster, given(index)),
    byHand: (operation, index) => operation.sqlite(hand, given(index)),
    close: async () => {
      await muster.close();
      file.close();
    },
  };
};

/** @param through which connections Muster reads: a pool of its own unless given. */
export const openPostgres = async (
  set: PostgresDataSet,
  through: PostgresOptions = { connectionString: set.url },
): Promise<Opened> => {
  const store = postgresStore(through);
  const muster = await createMuster({ store, issuer: "https://bench.example" });
  const pool = openPool(set.url);
  const hand = makePostgresHand(pool);
  const given = givenOf(set);
  return {
    database: "PostgreSQL",
    size: set.size,
    muster: (operation, index) => operation.muster(muster, given(index)),
    byHand: (operation, index) => operation.postgres(hand, given(index)),
    close: async () => {
      await muster.close();
      await pool.end();
    },
  };
};
