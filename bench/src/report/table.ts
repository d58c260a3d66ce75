import type { Figure } from "../figure.ts";
import { chartsOf, sideBySide } from "./side-by-side.ts";

/** The figures for a terminal: one block of lines each, the verdict in front; those of both databases side by side. */
export const textOf = (figures: readonly Figure[]): string => {
  const blocks = figures.filter(({ curve }) => curve === undefined).map(blockOf);
  return (isDrawn(figures) ? [...blocks, "", alignedOf(sideBySide(figures)), "", chartsOf(figures)] : blocks).join(
    "\n",
  );
};

const blockOf = ({ what, against, reach, measured, met, why }: Figure): string => {
  const goal = reach === null ? "" : `\n         to reach ${reach}`;
  const reason = why === undefined ? "" : `\n         why: ${why}`;
  return `${verdict(met).padEnd(8)} ${what}\n         against ${against}${goal}\n         measured ${measured}${reason}`;
};

const alignedOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, place) => (place === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[place] ?? 0))),
    )
    .map((cells) => cells.join("  "))
    .join("\n");
};

/** The figures as Markdown: what was to be reached, both databases side by side, and what stands beside another library. */
export const markdownOf = (figures: readonly Figure[]): string => {
  const goals = figures.filter(({ why, curve }) => why === undefined && curve === undefined);
  const beside = figures.filter(({ why }) => why !== undefined);
  const [heads = [], ...rows] = sideBySide(figures);
  return [
    ...tableOf(
      ["what", "against", "reach", "measured", "met"],
      goals.map((figure) => [figure.what, figure.against, figure.reach ?? "–", figure.measured, verdict(figure.met)]),
    ),
    "",
    ...(isDrawn(figures)
      ? ["### Both databases, side by side", "", ...tableOf(heads, rows), "", "```text", chartsOf(figures), "```", ""]
      : []),
    "### Beside better-auth",
    "",
    ...tableOf(
      ["what", "measured", "why they differ"],
      beside.map(({ what, measured, why = "" }) => [what, measured, why]),
    ),
  ].join("\n");
};

const isDrawn = (figures: readonly Figure[]): boolean => figures.some(({ curve }) => curve !== undefined);

const tableOf = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  row(heads),
  row(heads.map(() => "---")),
  ...rows.map((cells) => row(cells.map((cell) => cell.replaceAll("|", "\\|")))),
];

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const verdict = (met: boolean | null): string => (met === null ? "told" : met ? "met" : "missed");
