/**
 * Installs the packed packages with npm into an empty folder, compiles a small app against their declarations and runs
 * it: kept in memory on the machine's own Node (the oldest supported one, in CI), in SQLite on the workspace's Node and, from
 * Node 22 on, on the machine's own.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type PackedPackage, packPackages, root } from "./packed-packages.ts";

/** PATH without the folders a package manager puts in front: there `node` is the machine's own. */
const machinePath = (process.env.PATH ?? "")
  .split(path.delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(path.delimiter);

const runOnMachine = (cwd: string, program: string, ...parameters: readonly string[]): string =>
  execFileSync(program, parameters, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: machinePath },
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();

/** The range in which the workspace's manifests name a package from outside. */
const versionOf = (manifest: string, name: string): string =>
  JSON.parse(readFileSync(path.join(root, manifest), "utf8")).dependencies[name];

const writeConsumer = (folder: string, packed: readonly PackedPackage[]): void => {
  const outside = ["better-sqlite3", "effect", "express", "kysely", "pg"];
  const dependencies = Object.fromEntries([
    ...packed.map(({ name, tarball }) => [name, `file:${tarball}`]),
    ...outside.map((name) => [name, versionOf("examples/quickstart/package.json", name)]),
  ]);
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module", private: true, dependencies }));
  const compilerOptions = { target: "ES2023", module: "NodeNext", strict: true, skipLibCheck: true, types: [] };
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["memory.ts", "sqlite.ts"] }),
  );
  for (const file of ["walk.ts", "memory.ts", "sqlite.ts"]) {
    copyFileSync(path.join(root, "scripts/smoke", file), path.join(folder, file));
  }
};

const folder = mkdtempSync(path.join(tmpdir(), "muster-smoke-"));
try {
  const packed = packPackages(folder);
  writeConsumer(folder, packed);
  runOnMachine(folder, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
  execFileSync(path.join(root, "node_modules/.bin/tsc"), ["-p", "."], { cwd: folder, stdio: "inherit" });
  console.log(runOnMachine(folder, "node", "memory.js"));
  const machineMajor = Number.parseInt(runOnMachine(folder, "node", "-p", "process.versions.node"), 10);
  if (machineMajor >= 22) console.log(runOnMachine(folder, "node", "sqlite.js"));
  console.log(execFileSync(process.execPath, ["sqlite.js"], { cwd: folder, encoding: "utf8" }).trim());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
