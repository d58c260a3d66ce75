import { createHash } from "node:crypto";
import { type StoreUnavailable, UnsupportedSchema } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "./executor.ts";
import { type Migration, madeBy, migrationsTable } from "./migration.ts";
import { refuseChange, refuseMoved } from "./move/refusals.ts";
import { moveStates } from "./move/state-tables.ts";
import type { Names } from "./names.ts";

/** A table, index or trigger of ours, and what it consists of. */
export interface SchemaObject {
  readonly name: string;
  readonly sql: string;
}

/** The schema of a database, as far as it is ours. */
export interface Schema {
  /** Outside transactions; its `atomically` keeps every other process from writing meanwhile. */
  readonly executor: Executor;
  readonly migrations: readonly Migration[];
  readonly names: Names;
  /** Which of the things with these names there are, ordered by name. */
  readonly objects: (
    executor: Executor,
    names: readonly string[],
  ) => Effect.Effect<readonly SchemaObject[], StoreUnavailable>;
  /**
   * Runs a statement of an online migration, while the transaction of `tx` keeps others from doing the same. What was
   * done before is not done again; what is there by half is done anew. Needed where there are such migrations.
   */
  readonly online?: (tx: Executor, statement: string) => Effect.Effect<void, StoreUnavailable>;
  readonly now: () => number;
}

type Failure = StoreUnavailable | UnsupportedSchema;

/**
 * Brings the schema up to date: each migration in one transaction with the row that says so. Killed at any statement,
 * the next start goes on from the last whole migration; of many processes starting at once, each migration is made by
 * one. Fails with UnsupportedSchema when the database is newer, was made by other migrations or altered by hand.
 */
export const migrate = (schema: Schema): Effect.Effect<void, Failure> =>
  Effect.gen(function* () {
    const { executor, migrations } = schema;
    if (yield* isCurrent(schema, executor)) return;
    for (const migration of migrations) yield* executor.atomically((tx) => apply(schema, tx, migration));
    yield* executor.atomically((tx) => verified(schema, tx));
  });

/** A look without a lock, for the usual start. What looks wrong is looked at again with one: it may be half seen. */
const isCurrent = (schema: Schema, executor: Executor): Effect.Effect<boolean, StoreUnavailable> =>
  verified(schema, executor).pipe(
    Effect.map((applied) => applied.length === schema.migrations.length),
    Effect.catchTag("UnsupportedSchema", () => Effect.succeed(false)),
  );

const apply = Effect.fnUntraced(function* (schema: Schema, tx: Executor, migration: Migration) {
  const applied = yield* verified(schema, tx);
  if (applied.length >= migration.version) return;
  if ((yield* objectsOf(schema, tx)).some(({ name }) => name === schema.names.nameOf(moveStates))) {
    return yield* refuseChange;
  }
  if (migration.version === 1) yield* tx.run(statement(schema, createMigrations));
  for (const sql of migration.statements) {
    yield* migration.isOnline === true ? online(schema, tx, sql) : tx.run(statement(schema, sql));
  }
  const { version, name } = migration;
  const fingerprint = fingerprintOf(upTo(schema, version, yield* objectsOf(schema, tx)));
  yield* tx.run(statement(schema, insertMigration, [version, name, checksumOf(migration), fingerprint, schema.now()]));
});

const online = (schema: Schema, tx: Executor, sql: string) =>
  schema.online?.(tx, sql) ?? Effect.die(new Error("This store has no way to run an online migration."));

interface Applied {
  readonly version: number;
  readonly checksum: string;
  readonly fingerprint: string;
}

/** What there is of ours. */
const objectsOf = ({ migrations, names, objects }: Schema, executor: Executor) => {
  const { tables, others } = madeBy(migrations);
  return objects(executor, [...tables, ...others, moveStates].map(names.nameOf));
};

/** Without what online migrations after this version have made so far, and without what a move keeps. */
const upTo = ({ migrations, names }: Schema, version: number, objects: readonly SchemaObject[]) => {
  const begun = madeBy(migrations.filter((migration) => migration.isOnline === true && migration.version > version));
  const early = begun.others.map(names.nameOf);
  const ofMove = names.nameOf(moveStates);
  return objects.filter(({ name }) => !early.includes(name) && name !== ofMove && !name.startsWith(`${ofMove}.`));
};

/** The migrations that were made, all of them as we would make them and nothing changed since. */
const verified = Effect.fnUntraced(function* (schema: Schema, executor: Executor) {
  const { nameOf } = schema.names;
  const objects = yield* objectsOf(schema, executor);
  const [first] = upTo(schema, 0, objects);
  if (first === undefined) return [];
  // A table of the host's may have the same name.
  if (!objects.some(({ name, sql }) => name === nameOf(migrationsTable) && sql.includes("fingerprint"))) {
    return yield* refused(
      `The database holds ${first.name} but not Muster's table ${nameOf(migrationsTable)}: it was not made by Muster, or altered since.`,
    );
  }
  if (objects.some(({ name }) => name === nameOf(moveStates))) yield* refuseMoved(schema.names, executor);
  const applied = yield* executor.all<Applied>(statement(schema, selectMigrations));
  const known = schema.migrations.length;
  const last = applied.at(-1);
  if (last === undefined || applied.length > known || Number(last.version) !== applied.length) {
    return yield* refused(
      `The database has schema version ${last?.version ?? 0}, this version of Muster knows versions up to ${known}: use a Muster that is as new as the database.`,
    );
  }
  for (const [index, { version, checksum }] of applied.entries()) {
    const migration = schema.migrations[index];
    if (migration === undefined || checksumOf(migration) !== checksum) {
      return yield* refused(
        `Schema version ${version} of the database was made by another build of Muster: its checksum differs from ours.`,
      );
    }
  }
  if (fingerprintOf(upTo(schema, applied.length, objects)) !== last.fingerprint) {
    return yield* refused(
      `The tables of Muster in this database (${nameOf("muster_…")}) were altered by something other than Muster. Undo that, or restore a backup.`,
    );
  }
  return applied;
});

const refused = (reason: string): Effect.Effect<never, UnsupportedSchema> =>
  Effect.fail(new UnsupportedSchema({ reason }));

const statement = ({ names }: Schema, sql: string, parameters: readonly unknown[] = []) => ({
  sql: names.written(sql),
  parameters,
});

const checksumOf = (migration: Migration): string => digest(migration.statements.join(";\n"));
const fingerprintOf = (objects: readonly SchemaObject[]): string =>
  digest(JSON.stringify(objects.map(({ name, sql }) => [name, sql])));
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const createMigrations = `create table ${migrationsTable} (
  version integer not null primary key, name text not null, checksum text not null, fingerprint text not null, applied_at bigint not null
)`;
const selectMigrations = `select version, checksum, fingerprint from ${migrationsTable} order by version`;
const insertMigration = `insert into ${migrationsTable} (version, name, checksum, fingerprint, applied_at) values (?, ?, ?, ?, ?)`;
