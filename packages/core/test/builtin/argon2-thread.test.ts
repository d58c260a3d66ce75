import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const fixture = path.join(root, "test/fixtures/hash-once.ts");

const run = (file: string) => execFileSync(process.execPath, [fixture, file], { encoding: "utf8", timeout: 30_000 });

test("a process hashes from the sources, stays alive while it does, and ends without closing the hasher", () =>
  expect(run(path.join(root, "src/builtin/argon2-hasher.ts"))).toBe("true\n"));

test("a process hashes from the compiled files", () => {
  // Inside the package, so that the compiled files find its dependencies.
  const directory = mkdtempSync(path.join(root, "node_modules/.hasher-"));
  try {
    const alone = { composite: false, declaration: false, declarationMap: false, isolatedDeclarations: false };
    const options = { ...alone, noCheck: true, outDir: ".", rootDir: path.join(root, "src") };
    const files = ["argon2-hasher.ts", "argon2-worker.ts"].map((file) => path.join(root, "src/builtin", file));
    const config = { extends: path.join(root, "tsconfig.json"), compilerOptions: options, include: [], files };
    writeFileSync(path.join(directory, "tsconfig.json"), JSON.stringify(config));
    const compiler = path.resolve(root, "../../node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", directory], { encoding: "utf8" });
    expect(run(path.join(directory, "builtin/argon2-hasher.js"))).toBe("true\n");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
