import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

it("a process of an older Node.js is told to update and lives on", () => {
  const script = path.join(import.meta.dirname, "processes", "print-refusal.ts");
  // Node.js 20 runs no TypeScript: the process only says that it is one.
  const pretend = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})";
  const child = spawnSync(process.execPath, ["--conditions=muster-source", "--import", pretend, script, newFile()], {
    encoding: "utf8",
  });
  expect(child.stdout + child.stderr).toMatch(
    /^InvalidConfiguration: better-sqlite3 13\.\S+ needs Node\.js 22 or newer and this is 20\.20\.2: update Node\.js, or install better-sqlite3@12\.\n$/,
  );
  expect(child.status).toBe(0);
});
