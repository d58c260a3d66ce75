import * as Effect from "effect/Effect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { processRaces, type Racers, startRacers } from "../../store-kysely/test/two-processes/racers.ts";
import { setTheScene } from "../../store-kysely/test/two-processes/scene.ts";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const schema = temporarySchemas(anyDatabase)();
const store = async () => postgresStore({ connectionString: await anyDatabase(), schema });

describe("of fifty callers in two processes on a PostgreSQL database", () => {
  let racers: Racers;
  beforeAll(async () => {
    await Effect.runPromise(Effect.scoped(Effect.flatMap((await store()).open, setTheScene)));
    racers = await startRacers(["postgres", await anyDatabase(), schema]);
  });
  afterAll(() => racers.end());

  it.each(processRaces)("exactly one %s", async (race, errors) => {
    const told = await racers.run(race);
    expect(told.errors).toEqual(errors);
    expect(told.won.toSorted()).toEqual([0, 1]);
  });

  it("nobody leaves anything half-done", async () => {
    const broken = await Effect.runPromise(Effect.scoped(Effect.flatMap((await store()).open, lookThrough)));
    expect(broken).toEqual([]);
  });
});
