import { InvalidConfiguration, type StoreUnavailable, type UnsupportedSchema } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { copyTables } from "./copy.ts";
import { cutOver, followUntilCalm, openTarget } from "./cut-over.ts";
import { survey } from "./dry-run.ts";
import {
  CutOverFailed,
  MoveRefused,
  MoveStopped,
  type SourceMoved,
  type StoresDiffer,
  type TargetNotEmpty,
} from "./errors.ts";
import type { MovableStore, MoveDatabase } from "./movable.ts";
import type { Move } from "./move.ts";
import { findState, type MoveState } from "./move-state.ts";
import type { MoveOptions, MoveReport } from "./options.ts";
import { makeProgress } from "./progress.ts";
import { checkSource, followSource, refuseSame } from "./source.ts";
import type { SwitchableStore } from "./switchable.ts";
import { planTables } from "./table-plan.ts";
import { buildIndexes, enterTarget, loosen } from "./target.ts";
import { verifyAll } from "./verify.ts";

/** Why a move ends early. */
export type MoveError =
  | MoveRefused
  | TargetNotEmpty
  | SourceMoved
  | StoresDiffer
  | CutOverFailed
  | MoveStopped
  | StoreUnavailable
  | UnsupportedSchema
  | InvalidConfiguration;

/**
 * Moves everything that is kept in one database into another, while apps go on using it, and changes over at the end.
 *
 * Rows are copied in batches; whatever is written meanwhile is followed; every row is compared; then writes pause for
 * less than two seconds, in all processes, until the last changes are over. From then on the old database refuses every
 * write, and to be opened. Killed or stopped at any point, the same call goes on. {@link abandonMove} takes everything
 * back.
 *
 * Rejects with one of {@link MoveError}. An error that comes before the databases changed over leaves the old one in
 * use.
 */
export const moveStore = async (options: MoveOptions): Promise<MoveReport> => {
  const { signal } = options;
  const isStopped = (): boolean => signal?.aborted === true;
  if (isStopped()) throw new MoveStopped();
  try {
    return await Effect.runPromise(Effect.scoped(moving(options)), signal === undefined ? {} : { signal });
  } catch (error) {
    throw isStopped() ? new MoveStopped() : error;
  }
};

const moving = (options: MoveOptions): Effect.Effect<MoveReport, MoveError, Scope.Scope> =>
  Effect.gen(function* () {
    const { from, to, batchRows = 1_000 } = options;
    if (!Number.isSafeInteger(batchRows) || batchRows < 1 || batchRows > 10_000) {
      return yield* new InvalidConfiguration({ reason: "moveStore: batchRows is a whole number from 1 to 10000." });
    }
    if (options.dryRun === true) return yield* survey(from, to);
    const source = yield* opened(from, "from");
    const target = yield* opened(to, "to");
    const known = yield* checkSource(source, target);
    const state = yield* enterTarget(source, target);
    yield* refuseSame(source, target);
    const progress = makeProgress(options.onProgress);
    const plans = yield* planTables(source, target);
    const move: Move = { source, target, plans, batchRows, progress };
    if (known?.phase === "moved") return yield* finished(move, options);

    yield* loosen(target, state);
    yield* followSource(source, state.move, plans);
    yield* copyTables(move);
    progress.begin("index");
    yield* buildIndexes(target);
    const tables = yield* verifyAll(move);
    const pauseMilliseconds = yield* changeOver(move, state, options);
    progress.begin("done");
    return { tables, hindrances: [], pauseMilliseconds };
  });

/** Connects to a database that has part in a move, or else opens it as an app does, so that its schema is up to date. */
const opened = Effect.fnUntraced(function* (store: MovableStore, option: "from" | "to") {
  const there = yield* store.movable;
  if (there === undefined && option === "from") {
    return yield* new MoveRefused({ reason: "There is nothing to move: the database to move from is not there." });
  }
  if (there !== undefined && (yield* findState(there)) !== undefined) return there;
  yield* Effect.scoped(store.open);
  const made: MoveDatabase | undefined = there ?? (yield* store.movable);
  return made ?? (yield* Effect.die(new Error("A database that was opened is there.")));
});

/** So often it is tried to change over. */
const mostAttempts = 5;

/** Answers for how long writes paused. */
const changeOver = Effect.fnUntraced(function* (move: Move, state: MoveState, { from, to }: MoveOptions) {
  for (let attempt = 1; ; attempt++) {
    yield* followUntilCalm(move);
    move.progress.begin("cut over");
    const begunAt = performance.now();
    const exit = yield* Effect.result(paused(from, Effect.andThen(cutOver(move, state), entering(from, to))));
    if (exit._tag === "Success") return performance.now() - begunAt;
    const { failure } = exit;
    const isAgain = failure._tag === "CutOverFailed" || (failure._tag === "StoreUnavailable" && failure.retryable);
    if (!isAgain || attempt === mostAttempts) return yield* failure;
    const isMoved = (yield* findState(move.source))?.phase === "moved";
    if (isMoved) return yield* failure;
    yield* loosen(move.target, state);
  }
});

const paused = <A, E>(from: MoveOptions["from"], body: Effect.Effect<A, E>): Effect.Effect<A, E | CutOverFailed> => {
  if (!isSwitchable(from)) return body;
  const quietly = Effect.flatMap(
    Effect.promise(from.switching.pause),
    (isQuiet): Effect.Effect<A, E | CutOverFailed> =>
      isQuiet ? body : Effect.fail(new CutOverFailed({ reason: "a transaction of the app went on for too long" })),
  );
  return Effect.ensuring(quietly, Effect.sync(from.switching.resume));
};

const isSwitchable = (store: MoveOptions["from"]): store is SwitchableStore => "switching" in store;

const entering = (from: MoveOptions["from"], to: MovableStore) =>
  isSwitchable(from) ? from.switching.enter(to) : Effect.void;

/** The source was marked as moved when the process that moved it was killed: only the target is still to be opened. */
const finished = Effect.fnUntraced(function* (move: Move, { from, to }: MoveOptions) {
  yield* openTarget(move);
  yield* entering(from, to);
  return { tables: [], hindrances: [], pauseMilliseconds: 0 } satisfies MoveReport;
});
