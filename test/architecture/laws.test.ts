import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containerImports, portImports, wiringImports } from "./core-rooms.ts";
import { emptyFileNames, longFiles, longHabits, silentExports } from "./file-laws.ts";
import { idleDependencies, undeclaredDependencies, untestedPeers } from "./manifest-laws.ts";
import { barrelImports, escapingImports, testingImports, unlistedArrows } from "./package-arrows.ts";
import { readSourceTree } from "./read-source-tree.ts";
import type { SourceTree } from "./source-tree.ts";

const manifest = (fields: object): string =>
  JSON.stringify({ type: "module", exports: { ".": { "muster-source": "./src/index.ts" } }, ...fields });

const tsconfig = JSON.stringify({
  compilerOptions: { module: "NodeNext", noEmit: true, allowImportingTsExtensions: true, types: [] },
  include: ["src"],
});

/** A repository that breaks every law once, and keeps each once where a breach is near. */
const broken: { readonly [file: string]: string } = {
  "packages/core/package.json": manifest({
    name: "@muster/core",
    dependencies: { tsyringe: "1", jose: "1" },
    peerDependencies: { effect: "4" },
  }),
  "packages/core/tsconfig.json": tsconfig,
  "packages/core/src/index.ts": [
    'import "./composition/container.ts";',
    'export * from "./user/user.ts";',
    "export const silent: number = 1;",
    "/** Says what it is. */",
    "export const spoken: number = 2;",
  ].join("\n"),
  "packages/core/src/composition/container.ts": 'import { container } from "tsyringe";\nexport { container };',
  "packages/core/src/builtin/hasher.ts": "export const hash: number = 1;",
  "packages/core/src/testing/kit.ts": 'export * from "./helpers.ts";\nexport { hash } from "../builtin/hasher.ts";',
  "packages/core/src/testing/helpers.ts": "export const kit: number = 1;",
  "packages/core/src/kernel/common-passwords.ts": "export const words: readonly string[] = [];",
  "packages/core/src/ports/index.ts":
    'export { state } from "../user/user.ts";\nexport { hash } from "../builtin/hasher.ts";',
  "packages/core/src/ports/store.ts": [
    'import type { State } from "../user/user.ts";',
    'import { state } from "../user/user.ts";',
    "export const port: State = state;",
  ].join("\n"),
  "packages/core/src/user/user.ts": [
    'import * as Effect from "effect/Effect";',
    'import { Option } from "effect";',
    'import type { container } from "tsyringe";',
    'type Hash = typeof import("../builtin/hasher.ts").hash;',
    'const kysely = () => import("kysely");',
    'export const kit = () => import("../testing/kit.ts");',
    'export * from "../../../http/src/index.ts";',
    "export type State = [Hash, typeof container, typeof Effect, typeof Option, typeof kysely];",
    "export const state: unknown = 1;",
  ].join("\n"),
  "packages/http/package.json": manifest({ name: "@muster/http", dependencies: { "@muster/core": "1" } }),
  "packages/http/tsconfig.json": tsconfig,
  "packages/http/src/index.ts": 'import type { port } from "@muster/core/ports";\nexport type Port = typeof port;',
  "packages/http/src/user-data.ts": `${"//\n".repeat(301)}`,
  "packages/http/src/long.ts": `${"//\n".repeat(91)}`,
  "packages/store-sqlite/package.json": manifest({ name: "@muster/store-sqlite" }),
  "packages/store-sqlite/tsconfig.json": tsconfig,
  "packages/store-sqlite/src/index.ts": [
    'import type { Database } from "better-sqlite3";',
    'const lazy = () => import("better-sqlite3");',
    'import Eager from "better-sqlite3";',
    'import { createRequire } from "node:module";',
    "const require = createRequire(import.meta.url);",
    'require("pg");',
    "export type All = [Database, typeof lazy, typeof Eager];",
  ].join("\n"),
};

let root: string;
let tree: SourceTree;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "muster-laws-"));
  for (const [file, text] of Object.entries(broken)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  tree = readSourceTree(root);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The places a law points at, in order of name. */
const places = (violations: readonly string[]): readonly string[] =>
  violations.map((sentence) => sentence.split(" ")[0] ?? "").sort();

test("an import the table does not list is found, whatever its form", () =>
  expect(places(unlistedArrows(tree))).toEqual([
    "packages/core/src/user/user.ts:2",
    "packages/core/src/user/user.ts:5",
    "packages/http/src/index.ts:1",
    "packages/store-sqlite/src/index.ts:3",
    "packages/store-sqlite/src/index.ts:6",
  ]));

test("a relative import into another package is found", () =>
  expect(places(escapingImports(tree))).toEqual(["packages/core/src/user/user.ts:7"]));

test("an import of effect's barrel is found", () =>
  expect(places(barrelImports(tree))).toEqual(["packages/core/src/user/user.ts:2"]));

test("an import of the testing kit is found outside the kit", () =>
  expect(places(testingImports(tree))).toEqual(["packages/core/src/user/user.ts:6"]));

test("an import of tsyringe is found outside the container file, also for a type", () =>
  expect(places(containerImports(tree))).toEqual(["packages/core/src/user/user.ts:3"]));

test("a room that names the built-in implementations is found, also in a type", () =>
  expect(places(wiringImports(tree))).toEqual([
    "packages/core/src/ports/index.ts:2",
    "packages/core/src/user/user.ts:4",
  ]));

test("a port that imports what a room does is found", () =>
  expect(places(portImports(tree))).toEqual([
    "packages/core/src/ports/index.ts:2",
    "packages/core/src/ports/store.ts:2",
  ]));

test("a file of more than 300 lines is found", () =>
  expect(places(longFiles(tree))).toEqual(["packages/http/src/user-data.ts:301"]));

test("a package of long files is found by its median and its ninetieth percentile", () =>
  expect(longHabits(tree)).toEqual([
    "packages/http/src: the median is 91 lines (packages/http/src/long.ts), over 90.",
    "packages/http/src: the ninetieth percentile is 301 lines (packages/http/src/user-data.ts), over 200.",
  ]));

test("a file named after nothing is found, one whose last word says something is not", () =>
  expect(places(emptyFileNames(tree))).toEqual([
    "packages/core/src/testing/helpers.ts",
    "packages/http/src/user-data.ts",
  ]));

test("a public export without a docstring is found where it is declared", () =>
  expect(silentExports(tree).toSorted()).toEqual([
    "packages/core/src/index.ts:3 exports silent without a docstring.",
    "packages/core/src/user/user.ts:6 exports kit without a docstring.",
    "packages/core/src/user/user.ts:8 exports State without a docstring.",
    "packages/core/src/user/user.ts:9 exports state without a docstring.",
    "packages/http/src/index.ts:2 exports Port without a docstring.",
    "packages/store-sqlite/src/index.ts:7 exports All without a docstring.",
  ]));

test("an import that package.json does not declare is found", () =>
  expect(places(undeclaredDependencies(tree))).toEqual([
    "packages/core/src/user/user.ts:5",
    "packages/store-sqlite/src/index.ts:1",
    "packages/store-sqlite/src/index.ts:2",
    "packages/store-sqlite/src/index.ts:3",
    "packages/store-sqlite/src/index.ts:6",
  ]));

test("a dependency that nothing imports is found", () =>
  expect(idleDependencies(tree)).toEqual(["packages/core/package.json declares jose, which nothing in src imports."]));

test("a peer dependency that the package's own tests would not have is found", () =>
  expect(untestedPeers(tree)).toEqual(["packages/core/package.json has the peer effect but no devDependency on it."]));
