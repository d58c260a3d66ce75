import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  agreeOnLists,
  aUser,
  insertUsers,
  memoryStore,
  randomUsers,
  seededRandom,
  storageContract,
} from "@muster/core/testing";
import { sqliteStore } from "@muster/store-sqlite";
import * as Effect from "effect/Effect";
import { afterAll, describe, expect, it } from "vitest";
import { openConnection } from "../src/connection.ts";
import { makeExecutor } from "../src/executor.ts";
import { nodeSqliteStore } from "../src/node-sqlite-store.ts";

const directory = mkdtempSync(path.join(tmpdir(), "muster-node-sqlite-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let made = 0;
const newFile = (): string => path.join(directory, `${++made}.db`);

describe("a SQLite file through node:sqlite", () => {
  storageContract({ describe, it, open: () => nodeSqliteStore(newFile()) });

  it("answers 400 random pages and counts as the in-memory store does", async () => {
    const users = randomUsers(seededRandom(11), 150);
    const report = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* memoryStore().open;
          const right = yield* nodeSqliteStore(newFile()).open;
          yield* insertUsers(left, "acme", users);
          yield* insertUsers(right, "acme", users);
          return yield* agreeOnLists({ stores: { left, right }, tenant: "acme", users, seed: 1, cases: 400 });
        }),
      ),
    );
    expect(report.withRows).toBeGreaterThan(100);
  });

  it("is the same file to @muster/store-sqlite, at the same time", async () => {
    const file = newFile();
    const [ours, theirs] = [aUser({ username: "ours" }), aUser({ username: "theirs" })];
    const names = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* nodeSqliteStore(file).open;
          const right = yield* sqliteStore(file).open;
          yield* insertUsers(left, "acme", [ours]);
          yield* insertUsers(right, "acme", [theirs]);
          const everyone = { kind: "all", of: [] } as const;
          const first = { where: everyone, sortBy: "username", descending: false, limit: 10 } as const;
          return [yield* left.users.list("acme", first), yield* right.users.list("acme", first)];
        }),
      ),
    );
    expect(names).toEqual([
      [ours, theirs],
      [ours, theirs],
    ]);
  });

  it("writes nothing of a transaction in which a statement failed, even if its body goes on", async () => {
    const file = newFile();
    const statement = (sql: string) => ({ sql, parameters: [] });
    const rows = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const writer = yield* openConnection(file, ["journal_mode = wal"]);
          const executor = yield* makeExecutor(writer, yield* openConnection(file, []));
          yield* executor.run(statement("create table numbers (number integer)"));
          const failing = executor.atomically((inside) =>
            Effect.gen(function* () {
              yield* inside.run(statement("insert into numbers values (1)"));
              yield* Effect.exit(inside.run(statement("insert into nothing values (2)")));
              yield* Effect.ignore(inside.run(statement("insert into numbers values (3)")));
            }),
          );
          expect((yield* Effect.flip(failing))._tag).toBe("StoreUnavailable");
          return yield* executor.all(statement("select number from numbers"));
        }),
      ),
    );
    expect(rows).toEqual([]);
  });

  it("refuses a directory in words", async () => {
    const opening = Effect.runPromise(Effect.flip(Effect.scoped(nodeSqliteStore(directory).open)));
    expect(await opening).toMatchObject({ _tag: "StoreUnavailable", retryable: false });
  });
});
