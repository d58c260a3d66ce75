import {
  agreeOnLists,
  insertUsers,
  memoryStore,
  randomUsers,
  seededRandom,
  storageContract,
} from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

describe("a SQLite file", () => {
  storageContract({ describe, it, open: () => sqliteStore(newFile(), { synchronous: "normal" }) });
});

describe("random questions", () => {
  it.each([1, 2, 3])("are answered as the in-memory store answers them (seed %d)", async (seed) => {
    const users = randomUsers(seededRandom(seed), 150);
    const report = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* memoryStore().open;
          const right = yield* sqliteStore(":memory:").open;
          yield* insertUsers(left, "acme", users);
          yield* insertUsers(right, "acme", users);
          return yield* agreeOnLists({ left, right, tenant: "acme", users, seed: seed * 10_000, cases: 1_000 });
        }),
      ),
    );
    expect(report.withRows).toBeGreaterThan(300);
  });
});
