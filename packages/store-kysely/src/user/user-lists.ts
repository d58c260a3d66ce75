import type { StoreUnavailable, User, UserSelection, UserStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { listQueries } from "./list-queries.ts";
import type { ListShape } from "./list-shape.ts";
import { lower } from "./lower.ts";
import { type Placed, pageOf, withoutRepeats } from "./places.ts";
import { chosenOf, isInOrder, type Known, type Narrowed, narrowedOf } from "./plan.ts";
import { userOf } from "./user-row.ts";

type UserLists = Pick<UserStore, "list" | "count">;

/**
 * Lists have two plans. Few candidates: all of them are looked up and sorted here. Many: an index in the order of the
 * list is walked until the page is full. Which it is, is asked of the indexes first, by a count that stops early.
 */
export const userLists = (db: Builder, dialect: Dialect): ((executor: Executor) => UserLists) => {
  const queries = listQueries(db, dialect);
  const cap = dialect.candidateCap;

  const probe = (
    executor: Executor,
    narrowed: readonly Narrowed[],
    values: readonly unknown[],
  ): Effect.Effect<Known | undefined, StoreUnavailable> => {
    const sure = narrowed.find(({ narrowing }) => (narrowing.atMost ?? Number.POSITIVE_INFINITY) <= cap);
    if (sure !== undefined) return Effect.succeed({ ...sure, count: sure.narrowing.atMost ?? 0 });
    const probed = narrowed.slice(0, mostProbed);
    return Effect.map(
      executor.all(
        queries.probe(
          probed.map(({ narrowing }) => narrowing.source),
          values,
        ),
      ),
      (rows) =>
        chosenOf(
          probed,
          rows.map(({ count }) => Number(count)),
        ),
    );
  };

  const listCandidates = Effect.fnUntraced(function* (
    executor: Executor,
    shape: ListShape,
    values: readonly unknown[],
    { limit, offset = 0 }: UserSelection,
    count: number,
  ) {
    const once = <Row extends Placed>(rows: readonly Row[]): readonly Row[] =>
      shape.source?.kind === "union" ? withoutRepeats(rows) : rows;
    if (count <= limit + offset) {
      const rows = once(yield* executor.all(queries.rows(shape, values)));
      return pageOf(rows, shape.descending, offset, limit).map(userOf);
    }
    const places = once(yield* executor.all(queries.places(shape, values)));
    const page = pageOf(places, shape.descending, offset, limit).map(({ seq }) => Number(seq));
    if (page.length === 0) return [];
    const users = new Map<number, User>();
    for (const row of yield* executor.all(queries.bySeq({ seqs: JSON.stringify(page) }))) {
      users.set(Number(row.seq), userOf(row));
    }
    return page.map((seq) => users.get(seq)).filter((user) => user !== undefined);
  });

  return (executor) => ({
    list: Effect.fnUntraced(function* (tenant, selection) {
      const { sortBy, descending, after, offset, limit } = selection;
      const first = [tenant, limit, offset ?? 0, after?.key, after?.id, cap + 1];
      const { conjuncts, values } = lower(dialect, selection.where, first);
      const shapeOf = ({ tests, source }: Pick<ListShape, "tests" | "source">): ListShape => ({
        sortBy,
        descending,
        isContinued: after !== undefined,
        isOffset: offset !== undefined && offset > 0,
        tests,
        source,
      });
      const narrowed = narrowedOf(conjuncts);
      const inOrder = narrowed.find(({ narrowing }) => isInOrder(narrowing.source, sortBy));
      if (narrowed.length > 1 || (narrowed.length === 1 && inOrder === undefined)) {
        const known = yield* probe(executor, narrowed, values);
        if (known !== undefined && known.count <= cap) {
          const shape = shapeOf({ tests: known.rest, source: known.narrowing.source });
          return yield* listCandidates(executor, shape, values, selection, known.count);
        }
      }
      const tests = inOrder?.narrowing.source.kind === "mark" ? inOrder.rest : conjuncts.map(({ test }) => test);
      const rows = yield* executor.all(queries.walk(shapeOf({ tests, source: inOrder?.narrowing.source }), values));
      return rows.map(userOf);
    }),

    count: Effect.fnUntraced(function* (tenant, where, atMost) {
      const first = [tenant, atMost, 0, undefined, undefined, cap + 1];
      const { conjuncts, values } = lower(dialect, where, first);
      const isCapped = atMost !== undefined;
      const narrowed = narrowedOf(conjuncts);
      const [only, ...others] = narrowed;
      const isSure = only !== undefined && others.length === 0 && only.narrowing.source.kind !== "union";
      const chosen = isSure || only === undefined ? only : yield* probe(executor, narrowed, values);
      const all = { tests: conjuncts.map(({ test }) => test), source: undefined, isCapped };
      const looked = chosen === undefined ? all : { tests: chosen.rest, source: chosen.narrowing.source, isCapped };
      if (looked.source?.kind === "union" && atMostOf(chosen) <= cap) {
        const seqs = yield* executor.all(queries.seqs(looked, values));
        return Math.min(new Set(seqs.map(({ seq }) => Number(seq))).size, atMost ?? Number.POSITIVE_INFINITY);
      }
      const shape = looked.source?.kind === "union" ? all : looked;
      return Number((yield* executor.first(queries.count(shape, values)))?.count ?? 0);
    }),
  });
};

const atMostOf = (chosen: Narrowed | Known | undefined): number =>
  chosen !== undefined && "count" in chosen ? chosen.count : Number.POSITIVE_INFINITY;

/** More are not asked about: the fewest candidates of these many are few enough, or the walk is as good. */
const mostProbed = 8;
