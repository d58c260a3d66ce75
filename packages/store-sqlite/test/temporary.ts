import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/** A new directory that goes when the test file is done. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(path.join(tmpdir(), "muster-sqlite-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** Answers paths of files that do not exist yet, one after the other, in a directory that goes with the test file. */
export const temporaryFiles = (): (() => string) => {
  const directory = temporaryDirectory();
  let made = 0;
  return () => path.join(directory, `${++made}.db`);
};
