import { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import type { Names } from "../names.ts";
import { moveStates } from "./state-tables.ts";

interface State {
  readonly role: "source" | "target";
  readonly phase: string;
  readonly at: number;
}

const stateIn = ({ written }: Names, executor: Executor) =>
  executor.first<State>({ sql: written(`select role, phase, at from ${moveStates}`), parameters: [] });

/** Fails when a database that has part in a move is not to be opened: it was moved away, or is not filled yet. */
export const refuseMoved = (names: Names, executor: Executor): Effect.Effect<void, StoreUnavailable> =>
  Effect.flatMap(stateIn(names, executor), (state) => {
    if (state?.role === "target") return Effect.fail(unfilled);
    if (state?.phase !== "moved") return Effect.void;
    const reason = `it was moved to another database at ${new Date(Number(state.at)).toISOString()}, which is to be opened in its place`;
    return Effect.fail(new StoreUnavailable({ reason, retryable: false }));
  });

/** Fails: what a database consists of stays as it is while it is moved. */
export const refuseChange: Effect.Effect<never, StoreUnavailable> = Effect.suspend(() =>
  Effect.fail(
    new StoreUnavailable({
      reason: "it is being moved to another database, until when this newer version of Muster cannot change its tables",
      retryable: true,
    }),
  ),
);

const unfilled = new StoreUnavailable({
  reason: "a move into it is not finished; moveStore with the same databases goes on with it",
  retryable: false,
});
