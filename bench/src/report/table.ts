import type { Figure } from "../figure.ts";

/** The figures for a terminal: one block of lines each, the verdict in front. */
export const textOf = (figures: readonly Figure[]): string =>
  figures
    .map(({ what, against, reach, measured, met, why }) => {
      const goal = reach === null ? "" : `\n         to reach ${reach}`;
      const reason = why === undefined ? "" : `\n         why: ${why}`;
      return `${verdict(met).padEnd(8)} ${what}\n         against ${against}${goal}\n         measured ${measured}${reason}`;
    })
    .join("\n");

/** The figures as Markdown: what was to be reached, and what stands beside another library. */
export const markdownOf = (figures: readonly Figure[]): string => {
  const goals = figures.filter(({ why }) => why === undefined);
  const beside = figures.filter(({ why }) => why !== undefined);
  return [
    ...tableOf(["what", "against", "reach", "measured", "met"], goals, (figure) => [
      figure.what,
      figure.against,
      figure.reach ?? "–",
      figure.measured,
      verdict(figure.met),
    ]),
    "",
    "### Beside better-auth",
    "",
    ...tableOf(["what", "measured", "why they differ"], beside, ({ what, measured, why = "" }) => [
      what,
      measured,
      why,
    ]),
  ].join("\n");
};

const tableOf = (
  heads: readonly string[],
  figures: readonly Figure[],
  cells: (figure: Figure) => readonly string[],
): readonly string[] => [
  row(heads),
  row(heads.map(() => "---")),
  ...figures.map((figure) => row(cells(figure).map((cell) => cell.replaceAll("|", "\\|")))),
];

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const verdict = (met: boolean | null): string => (met === null ? "told" : met ? "met" : "missed");
