import { type Curve, duration } from "../figure.ts";

const [columns, lines, labelWidth] = [25, 9, 8];
const marks = { muster: "●", byHand: "○", between: "·" } as const;

/** What the marks of a chart mean. */
export const legend = `${marks.muster} Muster (also where both fall together), ${marks.byHand} by hand; users on a logarithmic axis, time on one from zero`;

/** The curves of an operation as lines of text, a panel for each database. */
export const chartOf = (curves: readonly Curve[]): readonly string[] => {
  const panels = curves.map(panelOf);
  const width = Math.max(...panels.flat().map(({ length }) => length));
  return Array.from({ length: lines + 3 }, (_, line) =>
    panels
      .map((panel) => (panel[line] ?? "").padEnd(width))
      .join("   ")
      .trimEnd(),
  );
};

const panelOf = ({ database, points }: Curve): readonly string[] => {
  const top = Math.max(...points.flatMap(({ muster, byHand }) => [muster, byHand]));
  const drawing = Array.from({ length: lines }, () => Array.from({ length: columns }, () => " "));
  const draw = ({ column, time }: Place, mark: string): void => {
    drawing[Math.round((1 - time / top) * (lines - 1))]?.splice(column, 1, mark);
  };
  const curves = (["byHand", "muster"] as const).map((whose) => ({ whose, places: placesOf(points, whose) }));
  for (const { places } of curves) for (const place of lineThrough(places)) draw(place, marks.between);
  for (const { places, whose } of curves) for (const place of places) draw(place, marks[whose]);
  const labels = [duration(top), ...Array.from({ length: lines - 2 }, () => ""), "0"];
  return [
    `${" ".repeat(labelWidth)} ${database}`,
    ...drawing.map((line, index) => `${(labels[index] ?? "").padStart(labelWidth)} ┤${line.join("")}`),
    `${" ".repeat(labelWidth)} └${"─".repeat(columns)}`,
    axisOf(points),
  ];
};

interface Place {
  readonly column: number;
  readonly time: number;
}

const placesOf = (points: Curve["points"], whose: "muster" | "byHand"): readonly Place[] => {
  const [least, most] = [Math.min(...points.map(({ users }) => users)), Math.max(...points.map(({ users }) => users))];
  const part = (users: number): number => (most === least ? 0 : Math.log(users / least) / Math.log(most / least));
  return points.map((point) => ({ column: Math.round(part(point.users) * (columns - 1)), time: point[whose] }));
};

/** A place in every column from the first to the last. */
const lineThrough = (places: readonly Place[]): readonly Place[] =>
  places.slice(1).flatMap((to, index) => {
    const from = places[index] ?? to;
    const steps = to.column - from.column;
    return Array.from({ length: steps }, (_, step) => ({
      column: from.column + step,
      time: from.time + ((to.time - from.time) * step) / steps,
    }));
  });

/** Numbers of users, each under its place as far as the edges let it. */
const axisOf = (points: Curve["points"]): string => {
  let line = "";
  for (const [index, { column }] of placesOf(points, "muster").entries()) {
    const label = (points[index]?.users ?? 0).toLocaleString("en");
    const middle = labelWidth + 2 + column - Math.floor(label.length / 2);
    line = line.padEnd(Math.max(middle, line.length + 1)) + label;
  }
  return line;
};
