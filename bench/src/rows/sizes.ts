import { deepStrictEqual } from "node:assert";
import { dataSet } from "../dataset/data-set.ts";
import { amount, type Curve, duration, type Figure, judged, type Point, type Row } from "../figure.ts";
import { type Batch, runRounds, sequential, synchronous } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { type PostgresDataSet, postgresDataSets } from "../postgres/data-set.ts";
import { withPostgres } from "../postgres/server.ts";
import { type Opened, openPostgres, openSqlite } from "../sizes/opened.ts";
import { deepPage, firstPage, type Operation, operations } from "../sizes/operations.ts";
import { plannedForItsText } from "../sizes/planned-for-its-text.ts";

/** What is read most, at three sizes, in both databases, beside the same by hand. */
export const sizes: Row = {
  name: "sizes",
  run: ({ quick }) =>
    withPostgres(quick, async (postgres) => {
      const counts = quick ? [1_000, 2_000] : [10_000, 100_000, 1_000_000];
      const sets = await postgresDataSets(postgres, counts);
      const [opened, largest]: [Opened[], PostgresDataSet | undefined] = [[], sets.at(-1)];
      if (largest === undefined) throw new Error("There are no sizes.");
      try {
        for (const count of counts) opened.push(await openSqlite(await dataSet(count)));
        for (const set of sets) opened.push(await openPostgres(set));
        const { rows } = await postgres.admin.query<{ server_version: string }>("show server_version");
        const against = `the same query by hand through pg, PostgreSQL ${rows[0]?.server_version}`;
        const figures: Figure[] = [];
        for (const operation of operations) figures.push(...(await compared(opened, operation, against, quick)));
        for (const one of opened.slice(-1)) figures.push(await deepAgainstFirst(one, quick));
        return [...figures, ...(await plannedForItsText(largest, quick))];
      } finally {
        for (const { close } of opened) await close();
      }
    }),
};

/** Of one operation: the curves of both databases, and what is to be reached with the most users on PostgreSQL. */
const compared = async (
  opened: readonly Opened[],
  operation: Operation,
  against: string,
  quick: boolean,
): Promise<readonly Figure[]> => {
  for (const one of opened) {
    const [ours, hand] = [await one.muster(operation, 0), await one.byHand(operation, 0)];
    deepStrictEqual(ours, hand, `By hand something else is found: ${operation.what}.`);
  }
  const batches: Record<string, Batch> = {};
  for (const { database, size, muster, byHand } of opened) {
    const count = quick ? 2 : operation.isOne ? (database === "SQLite" ? 200 : 40) : 10;
    const batch = database === "SQLite" ? synchronous : sequential;
    batches[`${database} ${size} muster`] = sequential(count, (index) => muster(operation, index));
    batches[`${database} ${size} by hand`] = batch(count, (index) => byHand(operation, index));
  }
  const measured = await runRounds(batches, quick ? 1 : 50);
  const pointsOf = (database: Opened["database"]): readonly Point[] =>
    opened
      .filter((one) => one.database === database)
      .map(({ size }) => {
        const [ours, hand] = ["muster", "by hand"].map((whose) => measured[`${database} ${size} ${whose}`] ?? []);
        if (ours === undefined || hand === undefined) throw new Error("A batch was not run.");
        return { users: size, muster: median(ours), byHand: median(hand), ratio: pairedRatio(ours, hand) };
      });
  const [sqlite, postgres] = [pointsOf("SQLite"), pointsOf("PostgreSQL")];
  return [
    curveOf(operation, "SQLite", sqlite),
    curveOf(operation, "PostgreSQL", postgres),
    ...postgres.slice(-1).map(({ users, muster, byHand, ratio }) =>
      judged({
        what: `PostgreSQL, ${users.toLocaleString("en")} users: ${operation.what}`,
        against,
        value: ratio,
        most: 1.4,
        unit: " ×",
        detail: `${duration(muster)}, by hand ${duration(byHand)}`,
        values: { microseconds: muster, byHandMicroseconds: byHand },
      }),
    ),
  ];
};

const curveOf = (operation: Operation, database: Curve["database"], points: readonly Point[]): Figure => ({
  what: `${database}: ${operation.what}`,
  against: "the same by hand, at each size",
  reach: null,
  measured: points
    .map(
      ({ users, muster, byHand }) =>
        `${users.toLocaleString("en")} users ${duration(muster)}, by hand ${duration(byHand)}`,
    )
    .join("; "),
  met: null,
  values: {},
  curve: { operation: operation.what, database, points },
});

const deepAgainstFirst = async (opened: Opened, quick: boolean): Promise<Figure> => {
  const measured = await runRounds(
    {
      deep: sequential(quick ? 2 : 10, (index) => opened.muster(deepPage, index)),
      first: sequential(quick ? 2 : 10, (index) => opened.muster(firstPage, index)),
      deepByHand: sequential(quick ? 2 : 10, (index) => opened.byHand(deepPage, index)),
      firstByHand: sequential(quick ? 2 : 10, (index) => opened.byHand(firstPage, index)),
    },
    quick ? 1 : 50,
  );
  return judged({
    what: `${opened.database}, ${opened.size.toLocaleString("en")} users: ${deepPage.what}`,
    against: "the first page",
    value: pairedRatio(measured.deep, measured.first),
    most: 1.2,
    unit: " ×",
    detail: `by hand ${amount(pairedRatio(measured.deepByHand, measured.firstByHand))} ×`,
  });
};
