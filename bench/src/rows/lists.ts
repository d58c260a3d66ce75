import { deepStrictEqual } from "node:assert";
import type { UserQuery } from "@muster/core";
import type { DataSet } from "../dataset/data-set.ts";
import { dataSet } from "../dataset/data-set.ts";
import { commonPart, rareCity, rareName, rareTag } from "../dataset/person.ts";
import { duration, type Figure, judged, type Row } from "../figure.ts";
import { type HandList, makeUserLister } from "../floors/list-users.ts";
import { openFile } from "../floors/open-file.ts";
import { runRounds, sequential, synchronous } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

interface Case {
  readonly what: string;
  readonly query: (set: DataSet) => UserQuery;
  readonly hand: HandList;
  readonly values?: (set: DataSet) => Readonly<Record<string, string | number>>;
  /** How many times the time at 10,000 users it may take at 1,000,000. */
  readonly growth: number;
}

const enabled = { status: "enabled" } as const;
const afterDeep = (set: DataSet, sort: keyof DataSet["deep"]) => ({ key: set.deep[sort].key, id: set.deep[sort].id });

const cases = {
  newest: {
    what: "enabled users, newest first, first page",
    query: () => ({ filter: enabled, sort: "-createdAt" }),
    hand: "newest",
    growth: 1.5,
  },
  newestDeep: {
    what: "enabled users, newest first, page at nine tenths",
    query: ({ deep }) => ({ filter: enabled, sort: "-createdAt", cursor: deep["-createdAt"].cursor }),
    hand: "newestDeep",
    values: (set) => afterDeep(set, "-createdAt"),
    growth: 1.5,
  },
  byLastName: {
    what: "enabled users by last name, first page",
    query: () => ({ filter: enabled, sort: "lastName" }),
    hand: "byLastName",
    growth: 1.5,
  },
  byLastNameDeep: {
    what: "enabled users by last name, page at nine tenths",
    query: ({ deep }) => ({ filter: enabled, sort: "lastName", cursor: deep.lastName.cursor }),
    hand: "byLastNameDeep",
    values: (set) => afterDeep(set, "lastName"),
    growth: 1.5,
  },
  tag: {
    what: "a tag of one user in a hundred, newest first",
    query: () => ({ filter: { tags: { any: [rareTag] } }, sort: "-createdAt" }),
    hand: "marked",
    values: () => ({ mark: `#${rareTag}` }),
    growth: 1.5,
  },
  metadata: {
    what: "nested metadata of one user in a hundred, newest first",
    query: () => ({ filter: { metadata: { address: { city: rareCity } } }, sort: "-createdAt" }),
    hand: "marked",
    values: () => ({ mark: `m."address"."city"="${rareCity}"` }),
    growth: 1.5,
  },
  rareText: {
    what: "substring that 60 users have, newest first",
    query: () => ({ filter: { search: rareName.toLowerCase() }, sort: "-createdAt" }),
    hand: "rareText",
    values: () => ({ match: '"lov" AND "ela" AND "ace"', part: rareName.toLowerCase() }),
    growth: 3,
  },
  commonText: {
    what: "substring that one user in twenty has, newest first",
    query: () => ({ filter: { search: commonPart }, sort: "-createdAt" }),
    hand: "commonText",
    values: () => ({ part: commonPart }),
    growth: 1.5,
  },
} as const satisfies Record<string, Case>;

type CaseName = keyof typeof cases;
const names = Object.keys(cases) as CaseName[];

/** Lists of 50 at two sizes, against the same queries by hand. */
export const lists: Row = {
  name: "lists",
  run: async ({ quick }) => {
    const sizes = quick ? ([1_000, 2_000] as const) : ([10_000, 1_000_000] as const);
    const [few, many] = [await openLists(sizes[0]), await openLists(sizes[1])];
    const figures: Figure[] = [];
    const medians = new Map<CaseName, number>();
    for (const name of names) {
      const { what, growth }: Case = cases[name];
      await sameUsers(few, name);
      await sameUsers(many, name);
      const operations = quick ? 2 : 20;
      const measured = await runRounds(
        {
          few: sequential(operations, () => few.ours(name)),
          fewByHand: synchronous(operations, () => few.byHand(name)),
          many: sequential(operations, () => many.ours(name)),
          manyByHand: synchronous(operations, () => many.byHand(name)),
        },
        quick ? 1 : 30,
      );
      medians.set(name, median(measured.many));
      const against = (size: number, ours: readonly number[], byHand: readonly number[]) =>
        judged({
          what: `list of 50: ${what}, ${size.toLocaleString("en")} users`,
          against: "the same query by hand",
          value: pairedRatio(ours, byHand),
          most: 1.5,
          unit: " ×",
          detail: `${duration(median(ours))}, by hand ${duration(median(byHand))}`,
          values: { microseconds: median(ours), byHandMicroseconds: median(byHand) },
        });
      figures.push(against(sizes[0], measured.few, measured.fewByHand));
      figures.push(against(sizes[1], measured.many, measured.manyByHand));
      figures.push(
        judged({
          what: `list of 50: ${what}`,
          against: `${sizes[1].toLocaleString("en")} users against ${sizes[0].toLocaleString("en")}`,
          value: pairedRatio(measured.many, measured.few),
          most: growth,
          unit: " ×",
          detail: `by hand ${pairedRatio(measured.manyByHand, measured.fewByHand).toFixed(2)} ×`,
        }),
      );
    }
    for (const [first, deep] of [
      ["newest", "newestDeep"],
      ["byLastName", "byLastNameDeep"],
    ] as const) {
      const measured = await runRounds(
        {
          deep: sequential(quick ? 2 : 20, () => many.ours(deep)),
          first: sequential(quick ? 2 : 20, () => many.ours(first)),
        },
        quick ? 1 : 30,
      );
      figures.push(
        judged({
          what: `list of 50: ${cases[first].what.replace(", first page", "")}, page at nine tenths`,
          against: "the first page",
          value: pairedRatio(measured.deep, measured.first),
          most: 1.2,
          unit: " ×",
        }),
      );
    }
    await few.close();
    await many.close();
    return figures;
  },
};

/** One data set, listed by Muster and by hand. */
const openLists = async (size: number) => {
  const set = await dataSet(size);
  const muster = await openMuster(set.path);
  const database = openFile(set.path);
  const list = makeUserLister(database);
  const ours = (name: CaseName) => {
    const { query }: Case = cases[name];
    return muster.users.list({ limit: 50, ...query(set) });
  };
  const byHand = (name: CaseName) => {
    const { hand, values }: Case = cases[name];
    return list(hand, values?.(set));
  };
  const close = async (): Promise<void> => {
    await muster.close();
    database.close();
  };
  return { ours, byHand, close };
};

const sameUsers = async (opened: Awaited<ReturnType<typeof openLists>>, name: CaseName): Promise<void> => {
  const { items } = await opened.ours(name);
  deepStrictEqual(items, opened.byHand(name), `The list '${name}' by hand is another one.`);
};
