import { type Migration, migrate } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import { concurrentIndexes } from "../src/concurrent-index.ts";
import { makeLending } from "../src/lending.ts";
import { makeLockedExecutor } from "../src/locked-executor.ts";
import { namesIn } from "../src/names.ts";
import { openPool } from "../src/pools.ts";
import { makeSchema, migrations, objectsIn } from "../src/schema.ts";

const next = migrations.length + 1;

/** What migrations of a table with many rows look like, after all that there are. */
export const later: readonly Migration[] = [
  {
    version: next,
    name: "indexes",
    isOnline: true,
    statements: [
      "create index concurrently muster_users_by_locale on muster_users (tenant, locale)",
      "create index concurrently muster_users_by_phone on muster_users (tenant, phone_number)",
    ],
  },
  {
    version: next + 1,
    name: "a constraint",
    statements: [
      "alter table muster_users add constraint muster_users_short_locale check (length(locale) < 100) not valid",
    ],
  },
  {
    version: next + 2,
    name: "the constraint validated",
    statements: ["alter table muster_users validate constraint muster_users_short_locale"],
  },
];

/** Brings a schema up to all migrations and so many of the later ones, as a process of its own would. */
export const migrateLater = (
  connectionString: string,
  schema: string,
  onStatement: (sql: string) => void = () => {},
  count: number = later.length,
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const names = namesIn(schema);
      const pool = yield* openPool({ connectionString, statementTimeoutMilliseconds: 0 });
      const lending = makeLending(pool, { onStatement }, 60_000);
      const executor = makeLockedExecutor(lending, names.lockKey);
      yield* makeSchema(names, executor);
      yield* migrate({
        executor,
        migrations: [...migrations, ...later.slice(0, count)],
        names,
        objects: objectsIn(names),
        online: concurrentIndexes(names, lending),
        now: Date.now,
      });
    }),
  );
