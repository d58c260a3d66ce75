import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Result } from "./result.ts";
import { markdownOf } from "./table.ts";

const file = path.resolve(import.meta.dirname, "../../../docs/performance.md");
const [opening, closing] = ["<!-- figures: written by `pnpm bench --write` -->", "<!-- end of figures -->"];

/** Puts the figures between their two marks on the page; the rest of it is written by hand. */
export const writePage = (result: Result): void => {
  const page = readFileSync(file, "utf8");
  const [start, end] = [page.indexOf(opening), page.indexOf(closing)];
  if (start < 0 || end < start) throw new Error("docs/performance.md lost the marks between which figures stand.");
  writeFileSync(file, `${page.slice(0, start)}${opening}\n\n${figuresOf(result)}\n\n${page.slice(end)}`);
};

const figuresOf = (result: Result): string => {
  const { processor, cores, system } = result.machine;
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  const figures = result.rows.flatMap((row) => row.figures);
  const judged = figures.filter(({ met }) => met !== null);
  const days = result.rows.map(({ at }) => at.slice(0, 10)).sort();
  const loads = result.rows.map(({ load }) => load);
  return [
    `Measured ${[...new Set([days[0], days.at(-1)])].join(" to ")} on ${cores} cores (${processor}, ${system}), which others used as well: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} processes ran or waited when the rows began. ${versions.join(", ")}.`,
    `Met: ${judged.filter(({ met }) => met).length} of ${judged.length}.`,
    "",
    markdownOf(figures),
  ].join("\n");
};
