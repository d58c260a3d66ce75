import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import { MoveRefused, SourceMoved } from "./errors.ts";
import type { MoveDatabase } from "./movable.ts";
import { beginSource, dropState, findProgress, findState, type MoveState } from "./move-state.ts";
import type { TablePlan } from "./table-plan.ts";

/** Fails when a database is no source of a move into the other. Writes nothing. */
export const checkSource: (
  source: MoveDatabase,
  target: MoveDatabase,
) => Effect.Effect<MoveState | undefined, StoreUnavailable | MoveRefused | SourceMoved> = Effect.fnUntraced(
  function* (source, target) {
    const refused = (reason: string) => Effect.fail(new MoveRefused({ reason }));
    if (source.cannotFollow !== undefined) {
      return yield* refused(`The database to move from cannot be followed: ${source.cannotFollow}.`);
    }
    const [known, filling] = [yield* findState(source), yield* findState(target)];
    const move = filling?.role === "target" ? filling.move : undefined;
    if (known?.role === "target") return yield* refused("The database to move from was never filled to its end.");
    if (known !== undefined && known.move === move) return known;
    if (known?.phase === "moved") return yield* new SourceMoved({ movedAt: known.at });
    if (known !== undefined) {
      return yield* refused("The database to move from is being moved to another one: abandon that move first.");
    }
    if (move !== undefined && (yield* findProgress(target)).size > 0) {
      return yield* refused(
        "The database to move to is being filled from another one, or the one to move from was restored meanwhile: abandon that move first.",
      );
    }
    return undefined;
  },
);

/** Fails when both are one and the same: what was written to the one is found in the other. */
export const refuseSame: (
  source: MoveDatabase,
  target: MoveDatabase,
) => Effect.Effect<void, StoreUnavailable | MoveRefused> = Effect.fnUntraced(function* (source, target) {
  if ((yield* findState(source))?.role !== "target") return;
  yield* target.executor.atomically((tx) => dropState(target, tx));
  return yield* new MoveRefused({ reason: "The database to move from is the one to move to." });
});

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
