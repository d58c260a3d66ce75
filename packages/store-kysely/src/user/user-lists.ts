import { compareCodePoints, type UserSelection, type UserStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { listQueries } from "./list-queries.ts";
import { type Narrowing, narrowingsOf } from "./narrowing.ts";
import { userOf } from "./user-row.ts";

/**
 * Up to this many candidates are fetched and sorted here; of more, the sort index is walked until the page is full.
 * At 1,000,000 users a page of 50 out of barely more candidates than this tests some 50,000 rows.
 */
const candidateCap = 1_000;

type UserLists = Pick<UserStore, "list" | "count">;

export const userLists = (db: Builder, dialect: Dialect): ((executor: Executor) => UserLists) => {
  const queries = listQueries(db, dialect);

  /** The narrowing with the fewest candidates, and whether they are few. */
  const choose = (executor: Executor, narrowings: readonly Narrowing[]) =>
    Effect.gen(function* () {
      const known = narrowings.find(({ atMost }) => atMost !== undefined && atMost <= candidateCap);
      if (known !== undefined) return { narrowing: known, isSmall: true };
      const probed = narrowings.slice(0, 8);
      const counts = yield* executor.all(queries.probe(probed, candidateCap + 1));
      const smallest = Math.min(...counts.map((row) => Number(row.count)));
      const index = counts.findIndex((row) => Number(row.count) === smallest);
      return { narrowing: probed[index], isSmall: smallest <= candidateCap };
    });

  const listCandidates = (executor: Executor, tenant: string, selection: UserSelection, narrowing: Narrowing) =>
    Effect.gen(function* () {
      const direction = selection.descending ? -1 : 1;
      const found = new Map<number, { readonly key: string | number; readonly id: string }>();
      const rows = yield* executor.all(queries.positions(tenant, selection, narrowing));
      for (const { seq, key, id } of rows)
        found.set(Number(seq), { key: typeof key === "bigint" ? Number(key) : key, id });
      const sorted = [...found].sort(
        ([, left], [, right]) => direction * (compareKeys(left.key, right.key) || compareCodePoints(left.id, right.id)),
      );
      const offset = selection.offset ?? 0;
      const page = sorted.slice(offset, offset + selection.limit).map(([seq]) => seq);
      if (page.length === 0) return [];
      const users = new Map((yield* executor.all(queries.bySeq(page))).map((row) => [Number(row.seq), userOf(row)]));
      return page.map((seq) => users.get(seq)).filter((user) => user !== undefined);
    });

  return (executor) => ({
    list: Effect.fnUntraced(function* (tenant, selection) {
      const narrowings = narrowingsOf(dialect, tenant, selection.where);
      const isWalked = queries.isPrefixOfSort(selection) || narrowings.length === 0;
      const byMark = selection.sortBy === "createdAt" ? narrowings.find(({ mark }) => mark !== undefined) : undefined;
      if (!isWalked && !(narrowings.length === 1 && byMark !== undefined)) {
        const { narrowing, isSmall } = yield* choose(executor, narrowings);
        if (isSmall && narrowing !== undefined) return yield* listCandidates(executor, tenant, selection, narrowing);
      }
      const rows = yield* executor.all(queries.walk(tenant, selection, isWalked ? undefined : byMark?.mark));
      return rows.map(userOf);
    }),

    count: Effect.fnUntraced(function* (tenant, where, atMost) {
      const narrowings = narrowingsOf(dialect, tenant, where);
      const [only, ...others] = narrowings;
      const chosen =
        only === undefined || (others.length === 0 && only.repeats !== true)
          ? { narrowing: only, isSmall: false }
          : yield* choose(executor, narrowings);
      const { narrowing, isSmall } = chosen;
      if (narrowing?.repeats === true && isSmall) {
        const seqs = yield* executor.all(queries.seqs(tenant, where, narrowing));
        return Math.min(new Set(seqs.map((row) => row.seq)).size, atMost ?? Number.POSITIVE_INFINITY);
      }
      const row = yield* executor.first(
        queries.count(tenant, where, narrowing?.repeats ? undefined : narrowing, atMost),
      );
      return Number(row?.count ?? 0);
    }),
  });
};

const compareKeys = (left: string | number, right: string | number): number =>
  typeof left === "number" || typeof right === "number" ? Number(left) - Number(right) : compareCodePoints(left, right);
