import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage, User } from "@muster/core/ports";
import { agreeOnLists, insertUsers, memoryStore, randomChange, randomUsers, seededRandom } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { afterAll, describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";

/**
 * `MUSTER_CASES` sets how many random questions are asked, `MUSTER_SEED` with which one they begin. A failure names the
 * seed of its question: `MUSTER_SEED=<seed> MUSTER_CASES=4` asks it alone, of each population once.
 */
const cases = Number(process.env.MUSTER_CASES ?? 2000);
const firstSeed = Number(process.env.MUSTER_SEED ?? 1);
const populations = [3, 40, 150, 400];
const tenant = "acme";

const folder = mkdtempSync(join(tmpdir(), "muster-differential-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Changes a third of the users and removes the deleted among another third; answers who is left. */
const stir = (users: readonly User[], storages: readonly Storage[]) =>
  Effect.gen(function* () {
    const random = seededRandom(users.length);
    const left: User[] = [];
    for (const [number, user] of users.entries()) {
      const after = number % 3 === 0 ? randomChange(random, user) : user;
      const goes = number % 3 === 1 && user.status === "deleted";
      if (!goes) left.push(after);
      for (const storage of storages) {
        if (after !== user) yield* storage.transact((stores) => stores.users.update(tenant, user, after));
        if (goes) yield* storage.transact((stores) => stores.users.remove(tenant, user.id));
      }
    }
    return left;
  });

describe("SQLite and memory agree", () => {
  it.each(populations)("on random pages and counts of %i users", async (size) => {
    const users = randomUsers(seededRandom(size), size);
    const report = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* memoryStore().open;
          const right = yield* sqliteStore(join(folder, `${size}.db`)).open;
          for (const storage of [left, right]) {
            yield* insertUsers(storage, tenant, users);
            yield* insertUsers(storage, "other", randomUsers(seededRandom(1), 20));
          }
          const present = yield* stir(users, [left, right]);
          const asked = Math.max(1, Math.round(cases / populations.length));
          return yield* agreeOnLists({ left, right, tenant, users: present, seed: firstSeed, cases: asked });
        }),
      ),
    );
    if (report.cases > 50) expect(report.withRows).toBeGreaterThan(report.cases / 4);
  });
});
