import * as Effect from "effect/Effect";
import { endOfFeed } from "../end-of-feed.ts";
import { MoveRefused } from "./errors.ts";
import { type MovableStore, statementFor } from "./movable.ts";
import { dropState, findState } from "./move-state.ts";
import { movedTables } from "./moved-tables.ts";
import { clear } from "./target.ts";

/**
 * Takes a move back: the database it was to move from is used as before, the one it was to move to is empty. Also after
 * the change-over, when what was written to the new database since is given up with it.
 *
 * Rejects with MoveRefused when the two have no move between them.
 */
export const abandonMove = (options: { readonly from: MovableStore; readonly to?: MovableStore }): Promise<void> =>
  Effect.runPromise(Effect.scoped(abandoning(options)));

const abandoning = Effect.fnUntraced(function* ({ from, to }: Parameters<typeof abandonMove>[0]) {
  const source = yield* from.movable;
  const target = to === undefined ? undefined : yield* to.movable;
  const known = source === undefined ? undefined : yield* findState(source);
  const filled = target === undefined ? undefined : yield* findState(target);
  if (known?.role !== "source" && filled?.role !== "target") {
    return yield* new MoveRefused({ reason: "There is no move to abandon." });
  }
  if (target !== undefined && filled?.role === "target") yield* clear(target);
  if (source === undefined || known?.role !== "source") return;
  const { sql, executor } = source;
  yield* executor.atomically((tx) =>
    Effect.gen(function* () {
      for (const statement of sql.release(movedTables.map(({ name }) => name))) {
        yield* tx.run({ sql: statement, parameters: [] });
      }
      yield* tx.run(statementFor(source, "delete from muster_access_changes where tenant = ?", [endOfFeed]));
      yield* dropState(source, tx);
    }),
  );
});
