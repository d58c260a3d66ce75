import { type Curve, duration, type Figure, type Point } from "../figure.ts";
import { chartOf, legend } from "./chart.ts";

/** Heads and rows of the table of both databases: an operation at a number of users in each. */
export const sideBySide = (figures: readonly Figure[]): readonly (readonly string[])[] => [
  ["what", "users", ...databases.flatMap((database) => [database, "by hand", "ratio"])],
  ...operationsIn(figures).flatMap(([operation, curves]) => {
    const sizes = [...new Set(curves.flatMap(({ points }) => points.map(({ users }) => users)))];
    return sizes.map((users, index) => [
      index === 0 ? operation : "",
      users.toLocaleString("en"),
      ...databases.flatMap((database) =>
        cellsOf(
          curves.find((curve) => curve.database === database),
          users,
        ),
      ),
    ]);
  }),
];

/** The curves of both databases as text for a block of code, operation by operation. */
export const chartsOf = (figures: readonly Figure[]): string =>
  [legend, ...operationsIn(figures).map(([operation, curves]) => [operation, "", ...chartOf(curves)].join("\n"))].join(
    "\n\n",
  );

const databases = ["SQLite", "PostgreSQL"] as const satisfies readonly Curve["database"][];

const operationsIn = (figures: readonly Figure[]): readonly (readonly [string, readonly Curve[]])[] => [
  ...Map.groupBy(
    figures.flatMap(({ curve }) => curve ?? []),
    ({ operation }) => operation,
  ),
];

const cellsOf = (curve: Curve | undefined, users: number): readonly string[] => {
  const point: Point | undefined = curve?.points.find((one) => one.users === users);
  if (point === undefined) return ["–", "–", "–"];
  return [duration(point.muster), duration(point.byHand), `${point.ratio.toFixed(2)} ×`];
};
