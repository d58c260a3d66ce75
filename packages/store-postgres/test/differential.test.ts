import type { Storage, User } from "@muster/core/ports";
import { agreeOnLists, insertUsers, memoryStore, randomChange, randomUsers, seededRandom } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { databaseOf, locales, temporarySchemas } from "./postgres.ts";

/**
 * `MUSTER_CASES` sets how many random questions are asked of each database, `MUSTER_SEED` with which one they begin. A
 * failure names the seed of its question.
 */
const cases = Number(process.env.MUSTER_CASES ?? 2000);
const firstSeed = Number(process.env.MUSTER_SEED ?? 1);
const tenant = "acme";

/** How many users there are, and up to how many candidates are sorted by the store itself: all, or as good as none. */
const populations: readonly (readonly [size: number, candidateCap: number])[] = [
  [3, 1_000],
  [150, 1_000],
  [150, 5],
  [400, 60],
];

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

describe.each(locales)("PostgreSQL with the locale %s and memory agree", (locale) => {
  const newSchema = temporarySchemas(() => databaseOf(locale));

  it.each(populations)("on random pages and counts of %i users, candidates up to %i", async (size, candidateCap) => {
    const users = randomUsers(seededRandom(size), size);
    const connectionString = await databaseOf(locale);
    const report = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const left = yield* memoryStore().open;
          const right = yield* postgresStore({ connectionString, schema: newSchema(), candidateCap }).open;
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
