import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { type Acknowledgement, forgotten } from "../../store-kysely/test/killed-writer/acknowledgements.ts";
import { killInTurn } from "../../store-kysely/test/killed-writer/kill-writers.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryDirectory, temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const cache = temporaryDirectory();
const rounds = 10;

describe("a process killed while it writes to a SQLite file", () => {
  // Fifty kills: a file is written to by ten processes, each of which finds it as the kill before has left it.
  it.each([1, 2, 3, 4, 5])(
    "leaves all that was acknowledged and nothing half-done, ten times over (file %i)",
    async () => {
      const file = newFile();
      const told: Acknowledgement[] = [];
      await killInTurn(["sqlite", file], cache, rounds, async (killed) => {
        told.push(...killed.told);
        expect(killed.openMilliseconds).toBeLessThan(4_000);
        const [lost, broken] = await Effect.runPromise(
          Effect.scoped(
            Effect.flatMap(sqliteStore(file).open, (storage) =>
              Effect.all([forgotten(storage, killed.told), lookThrough(storage)]),
            ),
          ),
        );
        expect(lost).toEqual([]);
        expect(broken).toEqual([]);
      });
      const lost = await Effect.runPromise(
        Effect.scoped(Effect.flatMap(sqliteStore(file).open, (storage) => forgotten(storage, told))),
      );
      expect(lost).toEqual([]);
      expect(told.length).toBeGreaterThan(rounds);
    },
  );
});
