import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, platform } from "node:os";
import path from "node:path";
import type { Figure } from "../figure.ts";

/** What a run of one row found, and where. */
export interface RowResult {
  readonly name: string;
  readonly at: string;
  readonly seconds: number;
  /** Processes that ran or waited on average in the minute before: beyond the number of cores others took part of them. */
  readonly load: number;
  readonly figures: readonly Figure[];
}

/** The figures of all rows, each from its latest run, and the machine and versions of the latest of them. */
export interface Result {
  readonly machine: { readonly processor: string; readonly cores: number; readonly system: string };
  readonly versions: { readonly [name: string]: string };
  readonly rows: readonly RowResult[];
}

const file = path.resolve(import.meta.dirname, "../../results/latest.json");

export const loadNow = (): number => loadavg()[0] ?? 0;

/** The result kept, with the rows given in place of theirs. */
export const merged = (rows: readonly RowResult[], order: readonly string[]): Result => {
  const kept: Pick<Result, "rows"> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { rows: [] };
  const byName = new Map([...kept.rows, ...rows].map((row) => [row.name, row]));
  return {
    machine: { processor: cpus()[0]?.model.trim() ?? "unknown", cores: availableParallelism(), system: platform() },
    versions: versions(),
    rows: order.flatMap((name) => byName.get(name) ?? []),
  };
};

export const keep = (result: Result): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
};

const versions = (): Result["versions"] => {
  const require = createRequire(import.meta.url);
  const manifest: { readonly dependencies: Readonly<Record<string, string>> } = require("../../package.json");
  const named = Object.entries(manifest.dependencies).filter(([, version]) => !version.startsWith("workspace:"));
  return { node: process.versions.node, ...Object.fromEntries(named) };
};
