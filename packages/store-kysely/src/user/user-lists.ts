import type { StoreUnavailable, User, UserSelection, UserStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { listQueries } from "./list-queries.ts";
import type { ListShape } from "./list-shape.ts";
import { lower } from "./lower.ts";
import { type Source, slots, type Test } from "./lowered.ts";
import { pageOf, withInstants } from "./places.ts";
import { fewestOf, isInOrder, type Known, type Narrowed, narrowedOf } from "./plan.ts";
import { userOf } from "./user-row.ts";

type UserLists = Pick<UserStore, "list" | "count">;

/**
 * Lists have two plans. Few candidates: all of them are looked up and sorted here. Many: an index in the order of the
 * list is walked until the page is full. Which it is, is asked of the indexes first, which stop looking at a cap.
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
    if (sure !== undefined && sure.narrowing.source.kind !== "union") {
      return Effect.succeed({ ...sure, count: sure.narrowing.atMost ?? 0 });
    }
    const probed = narrowed.slice(0, mostProbed);
    const sources = probed.map(({ narrowing }) => narrowing.source);
    return Effect.map(executor.all(queries.probe(sources, values)), (rows) => fewestOf(probed, rows));
  };

  const listCandidates: (
    executor: Executor,
    shape: ListShape,
    values: readonly unknown[],
    selection: UserSelection,
    count: number,
  ) => Effect.Effect<readonly User[], StoreUnavailable> = Effect.fnUntraced(
    function* (executor, shape, values, selection, count) {
      const { descending, limit, offset = 0 } = selection;
      const placed = selection.sortBy.endsWith("At") ? withInstants : asFound;
      // Up to twice the page, reading the candidates whole costs less than finding their places and reading the page.
      if (count <= 2 * (limit + offset)) {
        return pageOf(placed(yield* executor.all(queries.rows(shape, values))), descending, offset, limit).map(userOf);
      }
      const places = placed(yield* executor.all(queries.places(shape, values)));
      const page = pageOf(places, descending, offset, limit).map(({ seq }) => Number(seq));
      if (page.length === 0) return [];
      const users = new Map<number, User>();
      for (const row of yield* executor.all(
        queries.bySeq({ tenant: String(values[slots.tenant]), seqs: JSON.stringify(page) }),
      )) {
        users.set(Number(row.seq), userOf(row));
      }
      // A user who was purged between the two statements would leave a gap that looks like the end of the list.
      if (users.size < page.length) return yield* listCandidates(executor, shape, values, selection, count);
      return page.map((seq) => users.get(seq)).filter((user) => user !== undefined);
    },
  );

  return (executor) => ({
    list: Effect.fnUntraced(function* (tenant, selection) {
      const { sortBy, descending, after, offset, limit } = selection;
      const first = [tenant, limit, offset ?? 0, after?.key, after?.id, cap + 1, undefined];
      const { conjuncts, values } = lower(dialect, selection.where, first);
      const shapeOf = (tests: readonly Test[], source: Source | undefined): ListShape => ({
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
        if (known?.count === 0) return [];
        if (known !== undefined && known.count <= cap) {
          const shape = shapeOf(known.rest, sourceOf(known));
          const found = values.with(slots.found, known.found);
          return yield* listCandidates(executor, shape, found, selection, known.count);
        }
      }
      const source = inOrder?.narrowing.source;
      const tests = source?.kind === "mark" ? (inOrder?.rest ?? []) : conjuncts.map(({ test }) => test);
      return (yield* executor.all(queries.walk(shapeOf(tests, source), values))).map(userOf);
    }),

    count: Effect.fnUntraced(function* (tenant, where, atMost) {
      const first = [tenant, atMost, 0, undefined, undefined, cap + 1, undefined];
      const { conjuncts, values } = lower(dialect, where, first);
      const isCapped = atMost !== undefined;
      const countOf = (tests: readonly Test[], source: Source | undefined, filled: readonly unknown[]) =>
        Effect.map(executor.first(queries.count({ tests, source, isCapped }, filled)), (row) =>
          Number(row?.count ?? 0),
        );
      const narrowed = narrowedOf(conjuncts);
      const [only, ...others] = narrowed;
      const isAsked = others.length > 0 || only?.narrowing.source.kind === "union";
      const known = isAsked ? yield* probe(executor, narrowed, values) : undefined;
      if (known !== undefined && known.count <= cap) {
        return yield* countOf(known.rest, sourceOf(known), values.with(slots.found, known.found));
      }
      const looked = known ?? only;
      if (looked === undefined || looked.narrowing.source.kind === "union") {
        const tests = conjuncts.map(({ test }) => test);
        return yield* countOf(tests, undefined, values);
      }
      return yield* countOf(looked.rest, looked.narrowing.source, values);
    }),
  });
};

const asFound = <Row>(rows: readonly Row[]): readonly Row[] => rows;

const sourceOf = (known: Known): Source =>
  known.found === undefined ? known.narrowing.source : { kind: "found", users: slots.found };

/** More are not asked about: the fewest candidates of these many are few enough, or the walk is as good. */
const mostProbed = 8;
