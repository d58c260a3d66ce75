import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { rows } from "../src/rows.ts";

const main = path.resolve(import.meta.dirname, "../src/main.ts");

test("every row of the benchmark still runs", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=muster-source", main, "--quick"]);
  for (const { name } of rows) expect(stdout).toContain(`── ${name},`);
  expect(stdout).toMatch(/\d+ of \d+ met\.\n$/);
}, 180_000);
