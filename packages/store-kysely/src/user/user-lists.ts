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
import {
  entriesFor,
  fewestOf,
  isInOrder,
  type Known,
  type Narrowed,
  narrowedOf,
  onlySearches,
  sureOf,
} from "./plan.ts";
import { userOf } from "./user-row.ts";

type UserLists = Pick<UserStore, "list" | "count">;

/**
 * Lists have two plans. Few candidates: all of them are looked up and sorted. Many: an index in the order of the
 * list is walked until the page is full. Which it is, is asked of the indexes first, which stop looking after two pages:
 * where candidates stand close together, a walk soon meets a page of them. It is given up after as many entries as there
 * may be candidates if these may not be what is sought. Otherwise the indexes are asked once more, up to the cap.
 * Where nothing but texts narrows a list and the planner knows how many hold them, it is left to the planner.
 */
export const userLists = (db: Builder, dialect: Dialect): ((executor: Executor) => UserLists) => {
  const queries = listQueries(db, dialect);
  const cap = dialect.candidateCap;

  const probe = (
    executor: Executor,
    narrowed: readonly Narrowed[],
    values: readonly unknown[],
    atMost: number,
  ): Effect.Effect<Known, StoreUnavailable> => {
    const probed = narrowed.slice(0, mostProbed);
    const sources = probed.map(({ narrowing }) => narrowing.source);
    const asked = queries.probe(sources, values.with(slots.cap, atMost + 1));
    return Effect.map(executor.all(asked), (rows) => fewestOf(probed, rows));
  };

  const listCandidates: (
    executor: Executor,
    shape: ListShape,
    values: readonly unknown[],
    selection: UserSelection,
    count: number,
  ) => Effect.Effect<readonly User[], StoreUnavailable> = Effect.fnUntraced(
    function* (executor, shape, values, selection, count) {
      if (count === 0) return [];
      if (dialect.sortsCandidates) return (yield* executor.all(queries.sorted(shape, values))).map(userOf);
      const { descending, limit, offset = 0 } = selection;
      const placed = selection.sortBy.endsWith("At") ? withInstants : asFound;
      if (count <= pagesReadWhole * (limit + offset)) {
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
      const { sortBy, descending, after, offset = 0, limit } = selection;
      const first = [tenant, limit, offset, after?.key, after?.id, undefined, undefined];
      const { conjuncts, values, fullValues } = lower(dialect, selection.where, first);
      const shapeOf = (tests: readonly Test[], source: Source | undefined, isBounded: boolean): ListShape => ({
        sortBy,
        descending,
        isContinued: after !== undefined,
        isOffset: offset > 0,
        isBounded,
        tests,
        source,
      });
      const narrowed = narrowedOf(conjuncts);
      const inOrder = narrowed.find(({ narrowing }) => isInOrder(narrowing.source, sortBy));
      const walk = (isBounded: boolean, searches: readonly Test[] = []) => {
        const source = inOrder?.narrowing.source;
        const tests = source?.kind === "mark" ? (inOrder?.rest ?? []) : conjuncts.map(({ test }) => test);
        const rows = executor.all(queries.walk(shapeOf([...searches, ...tests], source, isBounded), values));
        return Effect.map(rows, (found) => found.map(userOf));
      };
      const candidates = (known: Known) => {
        const filled = values.with(slots.found, known.found);
        return listCandidates(executor, shapeOf(known.rest, sourceOf(known), false), filled, selection, known.count);
      };
      if (narrowed.length === (inOrder === undefined ? 0 : 1)) return yield* walk(false);
      const searches = dialect.search.test === undefined ? [] : onlySearches(narrowed);
      if (searches.length > 0) return yield* walk(false, searches);
      const sure = sureOf(narrowed, cap);
      if (sure !== undefined) return yield* candidates(sure);
      const few = pagesReadWhole * (limit + offset);
      if (few < cap) {
        const known = yield* probe(executor, narrowed, values, few);
        if (known.count <= few) return yield* candidates(known);
        if (entriesFor(limit + offset, known) <= cap / 2) {
          const isBounded = conjuncts.length > 1 || known.narrowing.fit === "loose";
          const page = yield* walk(isBounded);
          if (!isBounded || page.length === limit) return page;
        }
      }
      for (const asked of narrowed.some(isLoose) ? [values, fullValues] : [values]) {
        const known = yield* probe(executor, narrowed, asked, cap);
        if (known.count <= cap) return yield* candidates(known);
      }
      return yield* walk(false);
    }),

    count: Effect.fnUntraced(function* (tenant, where, atMost) {
      const first = [tenant, atMost, 0, undefined, undefined, undefined, undefined];
      const { conjuncts, values } = lower(dialect, where, first);
      const isCapped = atMost !== undefined;
      const countOf = (tests: readonly Test[], source: Source | undefined, filled: readonly unknown[]) =>
        Effect.map(executor.first(queries.count({ tests, source, isCapped }, filled)), (row) =>
          Number(row?.count ?? 0),
        );
      const narrowed = narrowedOf(conjuncts);
      const [only, ...others] = narrowed;
      const isAsked = others.length > 0 || only?.narrowing.source.kind === "union";
      const known = sureOf(narrowed, cap) ?? (isAsked ? yield* probe(executor, narrowed, values, cap) : undefined);
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

/** Of so many pages, reading the candidates whole costs less than finding their places and then reading the page. */
const pagesReadWhole = 2;

const isLoose = ({ narrowing }: Narrowed): boolean => narrowing.fit === "loose";

const asFound = <Row>(rows: readonly Row[]): readonly Row[] => rows;

const sourceOf = (known: Known): Source =>
  known.found === undefined ? known.narrowing.source : { kind: "found", users: slots.found };

/** More are not asked about: the fewest candidates of these many are few enough, or the walk is as good. */
const mostProbed = 8;
