import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as Effect from "effect/Effect";
import { afterAll, describe, expect, it } from "vitest";
import { lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { type Acknowledgement, forgotten } from "../../store-kysely/test/killed-writer/acknowledgements.ts";
import { killInTurn } from "../../store-kysely/test/killed-writer/kill-writers.ts";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const schema = temporarySchemas(anyDatabase)();
const cache = mkdtempSync(path.join(tmpdir(), "muster-killed-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const rounds = 8;

describe("a process killed while it writes to a PostgreSQL database", () => {
  it("leaves all that was acknowledged and nothing half-done, eight times over", async () => {
    const url = await anyDatabase();
    const told: Acknowledgement[] = [];
    await killInTurn(["postgres", url, schema], cache, rounds, async (killed) => {
      told.push(...killed.told);
    });
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
