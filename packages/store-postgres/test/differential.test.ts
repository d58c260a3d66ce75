import type { Storage, User } from "@muster/core/ports";
import { agreeOnLists, insertUsers, memoryStore, randomChange, randomUsers, seededRandom } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../store-sqlite/src/index.ts";
import { postgresStore } from "../src/index.ts";
import { databaseOf, locales, temporarySchemas } from "./postgres.ts";

/**
 * `MUSTER_CASES` sets how many random questions are asked in all, each of all three databases; `MUSTER_SEED` sets with
 * which one they begin. A failure names the seed of its question: `MUSTER_SEED=<seed> MUSTER_CASES=1` asks it alone, of
 * each population once.
 */
const cases = Number(process.env.MUSTER_CASES ?? 10_000);
const firstSeed = Number(process.env.MUSTER_SEED ?? 1);
const tenant = "acme";

/** How many users there are, up to how many candidates a store sorts by itself, and how many parts of the questions. */
const populations: readonly (readonly [size: number, candidateCap: number, parts: number])[] = [
  [3, 1_000, 1],
  [40, 1_000, 6],
  [41, 5, 6],
  [150, 1_000, 3],
  [151, 12, 3],
  [400, 60, 1],
];
const allParts = locales.length * populations.reduce((sum, [, , parts]) => sum + parts, 0);

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

describe.each(locales)("memory, SQLite and PostgreSQL with the locale %s agree", (locale) => {
  const newSchema = temporarySchemas(() => databaseOf(locale));
  const place = locales.indexOf(locale);

  it.each(populations)(
    "on random pages and counts of %i users, candidates up to %i",
    async (size, candidateCap, parts) => {
      const users = randomUsers(seededRandom(size + place), size);
      const connectionString = await databaseOf(locale);
      const asked = Math.max(1, Math.ceil((cases * parts) / allParts));
      const report = await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const stores = {
              memory: yield* memoryStore().open,
              sqlite: yield* sqliteStore(":memory:", { candidateCap }).open,
              postgres: yield* postgresStore({ connectionString, schema: newSchema(), candidateCap }).open,
            };
            const storages: readonly Storage[] = Object.values(stores);
            for (const storage of storages) {
              yield* insertUsers(storage, tenant, users);
              yield* insertUsers(storage, "other", randomUsers(seededRandom(1), 20));
            }
            const present = yield* stir(users, storages);
            const seed = firstSeed + (process.env.MUSTER_SEED === undefined ? place * cases : 0);
            return yield* agreeOnLists({ stores, tenant, users: present, seed, cases: asked });
          }),
        ),
      );
      if (report.cases > 50) expect(report.withRows).toBeGreaterThan(report.cases / 4);
    },
  );
});
