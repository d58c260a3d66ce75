import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as Effect from "effect/Effect";
import { afterAll, describe, expect, it } from "vitest";
import { lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { type Acknowledgement, forgotten } from "../../store-kysely/test/killed-writer/acknowledgements.ts";
import { startWriter } from "../../store-kysely/test/killed-writer/kill-writers.ts";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const schema = temporarySchemas(anyDatabase)();
const cache = mkdtempSync(path.join(tmpdir(), "muster-killed-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const rounds = 8;

describe("a process killed while it writes to a PostgreSQL database", () => {
  it("leaves all that was acknowledged and nothing half-done, eight times over", async () => {
    const url = await anyDatabase();
    const start = (round: number) => startWriter(["postgres", url, schema], `w${round}`, cache);
    const told: Acknowledgement[] = [];
    let next = start(0);
    for (let round = 0; round < rounds; round++) {
      const writer = next;
      await writer.ready;
      if (round + 1 < rounds) next = start(round + 1);
      const killed = await writer.killAfter(Math.floor(Math.random() * 40), Math.random() * 5);
      told.push(...killed.told);
    }
    const [lost, broken] = await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(postgresStore({ connectionString: url, schema }).open, (storage) =>
          Effect.all([forgotten(storage, told), lookThrough(storage)]),
        ),
      ),
    );
    expect(told.length).toBeGreaterThan(rounds);
    expect(lost).toEqual([]);
    expect(broken).toEqual([]);
  });
});
