import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import { MoveRefused, SourceMoved } from "./errors.ts";
import type { MoveDatabase } from "./movable.ts";
import { beginSource, findState, type MoveState } from "./move-state.ts";
import type { TablePlan } from "./table-plan.ts";

/** Fails when a database is no source of this move. Answers whether it knows the move already. */
export const checkSource: (
  source: MoveDatabase,
  target: MoveState,
  isNew: boolean,
) => Effect.Effect<MoveState | undefined, StoreUnavailable | MoveRefused | SourceMoved> = Effect.fnUntraced(
  function* (source, target, isNew) {
    const state = yield* findState(source);
    if (state === undefined) {
      if (isNew) return undefined;
      return yield* new MoveRefused({
        reason:
          "The database to move from knows nothing of the move that filled the other one: abandon that move first.",
      });
    }
    if (state.role === "target") {
      return yield* new MoveRefused({
        reason: "The database to move from is the same as the one to move to, or was never filled to its end.",
      });
    }
    if (state.move !== target.move) {
      if (state.phase === "moved") return yield* new SourceMoved({ movedAt: state.at });
      return yield* new MoveRefused({
        reason: "The database to move from is being moved to another one: abandon that move first.",
      });
    }
    return state;
  },
);

/** Makes the source remember every change from now on. Answers when all who wrote without that are done. */
export const followSource: (
  source: MoveDatabase,
  move: string,
  plans: readonly TablePlan[],
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* (source, move, plans) {
  if ((yield* findState(source)) === undefined) yield* beginSource(source, move);
  const { sql, executor } = source;
  const each = (statements: readonly string[]) =>
    executor.atomically((tx) =>
      Effect.forEach(statements, (sql) => tx.run({ sql, parameters: [] }), { discard: true }),
    );
  yield* each(sql.beforeFollowing);
  // One table at a time: whoever writes several of them never waits for two.
  for (const { name, key } of plans) yield* each(sql.follow(name, key));
});
