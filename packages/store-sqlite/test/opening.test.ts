import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../src/driver.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryDirectory } from "./temporary.ts";

const directory = temporaryDirectory();
const refusal = (file: string, options = {}) =>
  Effect.runPromise(Effect.flip(Effect.scoped(sqliteStore(file, options).open)));

describe("opening is refused in a sentence without a stack when", () => {
  it("the path is a directory", async () => {
    expect(await refusal(directory)).toMatchObject({
      _tag: "StoreUnavailable",
      retryable: false,
      message: "The database is not available: the file cannot be opened.",
    });
  });

  it("the directory does not exist", async () => {
    expect(await refusal(path.join(directory, "nowhere", "users.db"))).toMatchObject({
      _tag: "StoreUnavailable",
      message: "The database is not available: its directory does not exist.",
    });
  });

  it("the file is no database", async () => {
    const file = path.join(directory, "letter.txt");
    writeFileSync(file, "Dear Jane, ".repeat(1_000));
    expect(await refusal(file)).toMatchObject({
      _tag: "StoreUnavailable",
      message: "The database is not available: the file is not a SQLite database.",
    });
  });

  it.each([
    ["the file and its directory are read-only", 0o555],
    ["the file is read-only in a directory that is not", 0o777],
  ])("%s", async (_, mode) => {
    const folder = path.join(directory, `locked-${mode}`);
    mkdirSync(folder);
    const file = path.join(folder, "users.db");
    await Effect.runPromise(Effect.scoped(sqliteStore(file).open));
    chmodSync(file, 0o444);
    chmodSync(folder, mode);
    // To root nothing is read-only: a child takes the test's place as somebody else.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) for (const above of [directory, path.dirname(directory)]) chmodSync(above, 0o777);
    const script = path.join(import.meta.dirname, "processes", "print-refusal.ts");
    const child = spawnSync(process.execPath, ["--conditions=muster-source", script, file], {
      encoding: "utf8",
      ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
    });
    chmodSync(folder, 0o755);
    expect(child.stdout + child.stderr).toBe(
      "StoreUnavailable: The database is not available: the file or its directory is read-only.\n",
    );
  });

  it.each([
    ["the path is empty", "", {}, "sqliteStore takes the path of a file, or ':memory:'."],
    [
      "an option has no such value",
      ":memory:",
      { synchronous: "off" },
      "sqliteStore: synchronous is 'full' or 'normal'.",
    ],
    ["a cap is no number", ":memory:", { candidateCap: -1 }, "sqliteStore: candidateCap is a whole number from 0 on."],
  ])("%s", async (_, file, options, message) => {
    expect(await refusal(file, options)).toMatchObject({ _tag: "InvalidConfiguration", message });
  });
});

describe("better-sqlite3 13 under a Node.js that it would crash", () => {
  it.each([
    ["13.2.0", "20.20.2"],
    ["13.0.0", "21.7.3"],
    ["14.0.0", "20.19.0"],
  ])("is refused (%s under %s)", (driver, node) => {
    expect(refusalOf(driver, node)).toBe(
      `better-sqlite3 ${driver} needs Node.js 22 or newer and this is ${node}: update Node.js, or install better-sqlite3@12.`,
    );
  });

  it.each([
    ["13.2.0", "22.12.0"],
    ["13.2.0", "24.21.0"],
    ["12.4.0", "20.19.0"],
  ])("is no concern of %s under %s", (driver, node) => {
    expect(refusalOf(driver, node)).toBeUndefined();
  });
});

describe("closing", () => {
  it("leaves no file beside the database", async () => {
    const file = path.join(directory, "closed.db");
    await Effect.runPromise(Effect.scoped(sqliteStore(file).open));
    expect([file, `${file}-wal`, `${file}-shm`].map((name) => existsSync(name))).toEqual([true, false, false]);
  });

  it("makes every later call fail as unavailable", async () => {
    const storage = await Effect.runPromise(Effect.scoped(sqliteStore(path.join(directory, "late.db")).open));
    const calls = [storage.check(), storage.users.find("acme", "1"), storage.transact(({ keys }) => keys.list())];
    for (const call of calls) {
      expect(await Effect.runPromise(Effect.flip(Effect.asVoid<unknown, unknown, never>(call)))).toMatchObject({
        _tag: "StoreUnavailable",
        reason: "it was closed",
        retryable: false,
      });
    }
  });
});
