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

describe("whichever plan a list follows", () => {
  it.each([
    ["candidates are always sorted", 1_000],
    ["candidates are sorted when they are few", 12],
    ["an index is always walked", 0],
  ])("it answers what the in-memory store answers: %s", async (_, candidateCap) => {
    const users = randomUsers(seededRandom(7), 120);
    const report = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* memoryStore().open;
          const right = yield* sqliteStore(":memory:", { candidateCap }).open;
          yield* insertUsers(left, "acme", users);
          yield* insertUsers(right, "acme", users);
          return yield* agreeOnLists({ stores: { left, right }, tenant: "acme", users, seed: 50_000, cases: 600 });
        }),
      ),
    );
    expect(report.withRows).toBeGreaterThan(150);
  });
});
