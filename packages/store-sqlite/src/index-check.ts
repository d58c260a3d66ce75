import type { StoreUnavailable } from "@muster/core/ports";
import type { Executor, Names } from "@muster/store-kysely";
import * as Effect from "effect/Effect";

/**
 * What SQLite itself says of the file, and whether the search index tells what the table of users does: since it holds no
 * texts of its own, SQLite's own check passes it by. That check is written as an insertion and writes nothing.
 */
export const brokenIndexes = ({
  written,
}: Names): ((executor: Executor) => Effect.Effect<readonly string[], StoreUnavailable>) =>
  Effect.fnUntraced(function* (executor) {
    const file = yield* executor.all<{ readonly integrity_check: string }>(statement("pragma integrity_check(10)"));
    const faults = file.map((row) => row.integrity_check).filter((answer) => answer !== "ok");
    if (faults.length > 0) return faults.map((fault) => `SQLite finds the file damaged: ${fault}.`);
    return yield* executor
      .atomically((tx) => tx.run(statement(written(compareSearch))))
      .pipe(
        Effect.as([]),
        Effect.catchIf(
          ({ retryable }) => !retryable,
          () => Effect.succeed(["The search index does not tell what the table of users does."]),
        ),
      );
  });

const statement = (sql: string) => ({ sql, parameters: [] });
/** See sqlite.org/fts5.html#the_integrity_check_command; rank 1 compares with the table. */
const compareSearch = "insert into muster_user_search (muster_user_search, rank) values ('integrity-check', 1)";
