import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

/** The repository. */
export const root: string = path.resolve(import.meta.dirname, "..");

/** A package as it would be published. */
export interface PackedPackage {
  readonly name: string;
  /** Absolute path of the `.tgz`. */
  readonly tarball: string;
}

/** Runs a program in the repository; shows what it printed and throws when it fails. */
export const run = (program: string, ...parameters: readonly string[]): void => {
  const { status, stdout, stderr } = spawnSync(program, parameters, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${parameters.join(" ")} ended with ${status}.\n${stdout}${stderr}`);
};

/** Compiles every package from scratch and packs it into a folder. */
export const packPackages = (into: string): readonly PackedPackage[] => {
  const folders = globSync("packages/*/", { cwd: root }).toSorted();
  for (const folder of folders) rmSync(path.join(root, folder, "dist"), { recursive: true, force: true });
  run("tsc", "-b");
  return folders.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
    const tarball = path.join(into, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
    run("pnpm", "--dir", folder, "pack", "--out", tarball);
    return { name, tarball };
  });
};
