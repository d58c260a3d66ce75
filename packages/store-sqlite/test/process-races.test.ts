import * as Effect from "effect/Effect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { processRaces, type Racers, startRacers } from "../../store-kysely/test/two-processes/racers.ts";
import { setTheScene } from "../../store-kysely/test/two-processes/scene.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const file = temporaryFiles()();

describe("of fifty callers in two processes on a SQLite file", () => {
  let racers: Racers;
  beforeAll(async () => {
    await Effect.runPromise(Effect.scoped(Effect.flatMap(sqliteStore(file).open, setTheScene)));
    racers = await startRacers(["sqlite", file]);
  });
  afterAll(() => racers.end());

  it.each(processRaces)("exactly one %s", async (race, errors) => {
    const told = await racers.run(race);
    expect(told.errors).toEqual(errors);
    expect(told.won.toSorted()).toEqual([0, 1]);
  });

  it("nobody leaves anything half-done", async () => {
    const broken = await Effect.runPromise(Effect.scoped(Effect.flatMap(sqliteStore(file).open, lookThrough)));
    expect(broken).toEqual([]);
  });
});
