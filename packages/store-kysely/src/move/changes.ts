import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import { canonicalText, type Row } from "./canonical.ts";
import { compareKeys } from "./compare.ts";
import type { StoresDiffer } from "./errors.ts";
import { statementFor } from "./movable.ts";
import type { Move } from "./move.ts";
import { breathe } from "./pace.ts";
import { findRows, type KeyText, keyTextOf, putRows, removeRows } from "./rows.ts";
import { moveChanges } from "./state-tables.ts";
import type { TablePlan } from "./table-plan.ts";

/**
 * Makes the target what the source is at the moment that `read` sees, as far as tables were copied: every row that was
 * written since is read again by its key. First goes what is gone, so that nothing is in the way of what came, and what
 * refers to others goes before them and comes after them.
 *
 * Answers the number of changes. They are still in the table of changes: `forgetChanges` takes them out.
 */
export const applyChanges: (
  move: Move,
  read: Executor,
  plans: readonly TablePlan[],
  isChecked: boolean,
) => Effect.Effect<number, StoreUnavailable | StoresDiffer> = Effect.fnUntraced(
  function* (move, read, plans, isChecked) {
    let applied = 0;
    for (const plan of plans.toReversed()) {
      yield* eachChange(move, read, plan, (keys) =>
        Effect.gen(function* () {
          const found = yield* findRows(move.source, read, plan, plan.key, keys);
          const present = new Set(found.map((row) => keyTextOf(plan, row)));
          const gone = keys.filter((key) => !present.has(key));
          applied += keys.length;
          if (gone.length > 0) yield* move.target.executor.atomically((tx) => removeRows(move.target, tx, plan, gone));
        }),
      );
    }
    for (const plan of plans) {
      yield* eachChange(move, read, plan, (keys) =>
        Effect.gen(function* () {
          const rows = yield* findRows(move.source, read, plan, plan.columns, keys);
          const texts = rows.map((row) => canonicalText(plan.columns, row));
          if (texts.length > 0) yield* move.target.executor.atomically((tx) => putRows(move.target, tx, plan, texts));
          if (isChecked) yield* compareKeys(move, plan, keys, rows);
        }),
      );
    }
    return applied;
  },
);

interface Change {
  readonly id: number;
  readonly key: string;
}

const eachChange = Effect.fnUntraced(function* <E>(
  { source, batchRows }: Move,
  read: Executor,
  plan: TablePlan,
  use: (keys: readonly KeyText[]) => Effect.Effect<void, E>,
) {
  let after = 0;
  while (true) {
    const changes: readonly Change[] = yield* read.all<Change>(
      statementFor(
        source,
        `select id, key from ${moveChanges} where id > ? and name = ? order by id limit ${batchRows}`,
        [after, plan.name],
      ),
    );
    const last = changes.at(-1);
    if (last === undefined) return;
    const keys = new Set(changes.map(({ key }) => canonicalText(plan.key, JSON.parse(key) as Row)));
    yield* use([...keys]);
    yield* breathe;
    after = Number(last.id);
  }
});

/** Drops the changes that `read` sees: they were applied, or are of rows that are still to be copied. */
export const forgetChanges: (move: Move, read: Executor) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(
  function* ({ source }, read) {
    let after = 0;
    while (true) {
      const changes: readonly Pick<Change, "id">[] = yield* read.all<Change>(
        statementFor(source, `select id from ${moveChanges} where id > ? order by id limit ${forgottenAtOnce}`, [
          after,
        ]),
      );
      const last = changes.at(-1);
      if (last === undefined) return;
      // One by one: in PostgreSQL a lower number may become visible later.
      const ids = JSON.stringify(changes.map(({ id }) => ({ id: Number(id) })));
      const records = source.sql.records([{ name: "id", kind: "integer" }]);
      yield* source.executor.run(
        statementFor(source, `delete from ${moveChanges} where id in (select id from ${records} as k)`, [ids]),
      );
      after = Number(last.id);
    }
  },
);

const forgottenAtOnce = 5_000;
