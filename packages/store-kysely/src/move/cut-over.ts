import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { endOfFeed } from "../end-of-feed.ts";
import type { Executor } from "../executor.ts";
import { applyChanges, forgetChanges } from "./changes.ts";
import { CutOverFailed, type StoresDiffer } from "./errors.ts";
import { statementFor } from "./movable.ts";
import type { Move } from "./move.ts";
import { dropState, findState, type MoveState, writeState } from "./move-state.ts";
import { movedTables } from "./moved-tables.ts";
import { finishTarget } from "./target.ts";

/** Fewer changes than that are brought over while writes pause. */
const calmChanges = 200;
/** So often the source is followed before writes are paused, calm or not. */
const mostRounds = 20;
/** What is not brought over in this time while writes pause is left for later, and writes go on. */
const pauseMilliseconds = 1_200;

/** Follows the source until little is left to do. */
export const followUntilCalm: (move: Move) => Effect.Effect<void, StoreUnavailable | StoresDiffer> = Effect.fnUntraced(
  function* (move) {
    for (let round = 0; round < mostRounds; round++) {
      const applied = yield* followOnce(move);
      move.progress.begin("follow", applied, applied);
      if (applied < calmChanges) return;
    }
  },
);

/** Brings the target to the moment of the call, and looks that it is there. */
const followOnce = (move: Move) =>
  move.source.snapshot((read) =>
    Effect.gen(function* () {
      const applied = yield* applyChanges(move, read, move.plans, true);
      yield* forgetChanges(move, read);
      return applied;
    }),
  );

/**
 * Changes over: nobody writes to the source while the last changes come over. The commit that lets writers go on marks
 * the source as moved, after the target has said that it holds everything: killed in between, at most one of the two
 * can be written to.
 */
export const cutOver: (
  move: Move,
  state: MoveState,
) => Effect.Effect<void, StoreUnavailable | StoresDiffer | CutOverFailed> = Effect.fnUntraced(function* (move, state) {
  const { source, target, plans } = move;
  const rules = (yield* findState(target))?.back.rules ?? [];
  yield* source.alone((tx) =>
    Effect.gen(function* () {
      const brought = yield* Effect.timeoutOption(bringLast(move, tx), pauseMilliseconds);
      if (Option.isNone(brought))
        return yield* new CutOverFailed({ reason: "more was written than could be followed" });
      yield* finishTarget(target, plans, state, rules);
      yield* tx.run(statementFor(source, endFeed, [endOfFeed, Date.now()]));
      for (const sql of source.sql.seal(movedTables.map(({ name }) => name))) yield* tx.run({ sql, parameters: [] });
      yield* writeState(source, tx, { role: "source", move: state.move, phase: "moved", back: state.back });
    }),
  );
  yield* openTarget(move);
});

/** Processes that still run on the source check tokens by it: they stop to when they read its feed, within a second. */
const endFeed = `insert into muster_access_changes (seq, tenant, user_id, at)
  select coalesce(max(seq), 0) + 1, ?, '', ? from muster_access_changes`;

const bringLast = Effect.fnUntraced(function* (move: Move, tx: Executor) {
  for (const sql of move.source.sql.settle) yield* tx.run({ sql, parameters: [] });
  yield* applyChanges(move, tx, move.plans, true);
  return true;
});

/** The last step: a target that is ready becomes a database like any other. */
export const openTarget = ({ target }: Pick<Move, "target">): Effect.Effect<void, StoreUnavailable> =>
  target.executor.atomically((tx) => dropState(target, tx));
