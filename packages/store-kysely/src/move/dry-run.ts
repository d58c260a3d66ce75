import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { MovableStore } from "./movable.ts";
import { findState } from "./move-state.ts";
import { movedTables } from "./moved-tables.ts";
import type { MoveReport } from "./options.ts";
import { countRows } from "./rows.ts";
import { planTables } from "./table-plan.ts";
import { firstFilled } from "./target.ts";

/** What a move would do, and what is in its way. Makes nothing, writes nothing. */
export const survey: (
  from: MovableStore,
  to: MovableStore,
) => Effect.Effect<MoveReport, StoreUnavailable, Scope.Scope> = Effect.fnUntraced(function* (from, to) {
  const hindrances: string[] = [];
  const report = (tables: MoveReport["tables"]): MoveReport => ({ tables, hindrances, pauseMilliseconds: 0 });
  const connected = (store: MovableStore) =>
    Effect.catch(store.movable, (error) => {
      hindrances.push(error.message);
      return Effect.succeed(undefined);
    });

  const source = yield* connected(from);
  if (source === undefined) {
    if (hindrances.length === 0) hindrances.push("There is nothing to move: the database to move from is not there.");
    return report([]);
  }
  if (source.cannotFollow !== undefined) {
    hindrances.push(`The database to move from cannot be followed: ${source.cannotFollow}.`);
  }
  const state = yield* findState(source);
  if (state?.phase === "moved") hindrances.push(`The database to move from was moved at ${state.at.toISOString()}.`);
  if (state?.role === "target") hindrances.push("The database to move from was never filled to its end.");
  const there = new Set((yield* source.columns(movedTables.map(({ name }) => name))).map(({ table }) => table));
  const tables: MoveReport["tables"][number][] = [];
  for (const { name, key } of movedTables) {
    if (!there.has(name)) continue;
    const plan = { name, key: key.map((column) => ({ name: column, kind: "text" as const })) };
    tables.push({ table: name, rows: yield* countRows(source, source.executor, plan) });
  }

  const target = yield* connected(to);
  if (target === undefined) return report(tables);
  const filling = yield* findState(target);
  if (filling?.role === "target") {
    if (filling.move !== state?.move) hindrances.push("Another move into the database to move to was not finished.");
    return report(tables);
  }
  const filled = filling?.phase === "moved" ? undefined : yield* firstFilled(target);
  if (filled !== undefined) hindrances.push(`The database to move to is not empty: there are rows in ${filled}.`);
  if ((yield* target.columns(["muster_migrations"])).length > 0) {
    yield* Effect.catchTag(planTables(source, target), "MoveRefused", ({ reason }) =>
      Effect.sync(() => void hindrances.push(reason)),
    );
  }
  return report(tables);
});
