import path from "node:path";
import { expect, test } from "vitest";
import { containerImports, portImports, wiringImports } from "./architecture/core-rooms.ts";
import { emptyFileNames, longFiles, longHabits, silentExports } from "./architecture/file-laws.ts";
import { idleDependencies, undeclaredDependencies, untestedPeers } from "./architecture/manifest-laws.ts";
import { barrelImports, escapingImports, testingImports, unlistedArrows } from "./architecture/package-arrows.ts";
import { readSourceTree } from "./architecture/read-source-tree.ts";

const tree = readSourceTree(path.resolve(import.meta.dirname, ".."));

test("the tree was read", () => {
  expect(tree.files.length).toBeGreaterThan(20);
  expect(tree.files.flatMap((file) => file.imports).length).toBeGreaterThan(50);
  expect(tree.exports.length).toBeGreaterThan(50);
  expect(tree.manifests.length).toBeGreaterThanOrEqual(5);
});

test("packages import only what the table of arrows lists", () => expect(unlistedArrows(tree)).toEqual([]));

test("relative imports stay inside their package", () => expect(escapingImports(tree)).toEqual([]));

test("effect is imported by module path", () => expect(barrelImports(tree)).toEqual([]));

test("nothing that ships imports the testing kit", () => expect(testingImports(tree)).toEqual([]));

test("only the container file imports tsyringe and reflect-metadata", () => expect(containerImports(tree)).toEqual([]));

test("no room of core imports the composition or the built-in implementations", () =>
  expect(wiringImports(tree)).toEqual([]));

test("ports know the kernel, the errors and types only", () => expect(portImports(tree)).toEqual([]));

test("no file has more than 300 lines", () => expect(longFiles(tree)).toEqual([]));

test("in every package the median file has at most 90 lines and nine of ten at most 200", () =>
  expect(longHabits(tree)).toEqual([]));

test("files are named after what they hold", () => expect(emptyFileNames(tree)).toEqual([]));

test("every public export has a docstring", () => expect(silentExports(tree)).toEqual([]));

test("every import is declared in package.json", () => expect(undeclaredDependencies(tree)).toEqual([]));

test("every dependency in package.json is imported", () => expect(idleDependencies(tree)).toEqual([]));

test("every peer dependency is also a dev dependency", () => expect(untestedPeers(tree)).toEqual([]));
