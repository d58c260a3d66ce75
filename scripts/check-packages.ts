/** Checks every package as it would be published: publint, attw (ESM only) and what the tarball holds. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packPackages, run } from "./packed-packages.ts";

const strays = (tarball: string): readonly string[] =>
  execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && !allowed.test(file));

const allowed =
  /^package\/(package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md|src\/.*\.ts|dist\/.*\.(js|d\.ts)(\.map)?)$/;

const folder = mkdtempSync(path.join(tmpdir(), "muster-packages-"));
try {
  for (const { name, tarball } of packPackages(folder)) {
    const found = strays(tarball);
    if (found.length > 0) throw new Error(`${name} would publish ${found.join(", ")}.`);
    run("publint", "run", tarball, "--strict");
    run("attw", tarball, "--profile", "esm-only", "--no-emoji", "--format", "ascii");
    console.log(`${name}: fit to publish`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
