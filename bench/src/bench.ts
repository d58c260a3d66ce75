import { fork } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Figure, Row } from "./figure.ts";
import { writePage } from "./report/page.ts";
import { keep, loadNow, merged, type RowResult } from "./report/result.ts";
import { textOf } from "./report/table.ts";
import { rows } from "./rows.ts";
import { inFolder } from "./temporary.ts";

const usage = `pnpm bench [row …] [--long] [--quick] [--write]
  rows: ${rows.map(({ name }) => name).join(", ")};
        all unless given, but for ${rows.flatMap(({ name, onDemand }) => (onDemand ? name : [])).join(", ")}
  --long   as many samples as the claims about timing need
  --quick  small and short: shows that every row runs, its numbers mean nothing
  --write  keeps the result in bench/results/latest.json and docs/performance.md`;

/** Runs a row in a process of its own: what one leaves behind, in memory or in compiled code, is not measured in another. */
const runApart = (name: string, flags: readonly string[]): Promise<readonly Figure[]> =>
  new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, "run-row.ts"), [name, ...flags]);
    child.once("message", (figures) => resolve(figures as readonly Figure[]));
    child.once("exit", (code) => reject(new Error(`The row '${name}' ended with ${code}.`)));
  });

/** What only has to run runs here: a process for each row would take longer than the rows. */
const runHere = (row: Row): Promise<readonly Figure[]> =>
  inFolder((folder) => row.run({ quick: true, long: false, folder }));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const order = rows.map(({ name }) => name);
const unknown = positionals.filter((name) => !order.includes(name));
if (values.help || unknown.length > 0 || (values.quick && values.write)) {
  console.error(unknown.length > 0 ? `There is no row ${unknown.join(", ")}.\n${usage}` : usage);
  process.exit(values.help ? 0 : 1);
}

const results: RowResult[] = [];
const isWanted = ({ name, onDemand }: Row): boolean =>
  positionals.length === 0 ? values.quick || onDemand !== true : positionals.includes(name);
for (const row of rows.filter(isWanted)) {
  const { name } = row;
  const [begun, load, at] = [performance.now(), loadNow(), new Date().toISOString()];
  const figures = await (values.quick ? runHere(row) : runApart(name, values.long ? ["--long"] : []));
  const seconds = Math.round((performance.now() - begun) / 1_000);
  results.push({ name, at, seconds, load, figures });
  console.log(`\n── ${name}, ${seconds} s, load ${load.toFixed(1)}\n${textOf(figures)}`);
}
const judged = results.flatMap(({ figures }) => figures).filter(({ met }) => met !== null);
console.log(`\n${judged.filter(({ met }) => met).length} of ${judged.length} met.`);
if (values.write) {
  const passing = values.long ? [] : rows.filter(({ keptFromLongOnly }) => keptFromLongOnly).map(({ name }) => name);
  const result = merged(
    results.filter(({ name }) => !passing.includes(name)),
    order,
  );
  keep(result);
  writePage(result);
}
