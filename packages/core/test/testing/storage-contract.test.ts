import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import { agreeOnLists, insertUsers, randomUsers, seededRandom, storageContract } from "../../src/testing/index.ts";
import { withoutTransactions } from "./mutants/faulty.ts";
import { mutants } from "./mutants.ts";

/** The cases of the contract by name, for stores made by `open`. */
const casesFor = (open: () => StoreModule): ReadonlyMap<string, () => Promise<void>> => {
  const cases = new Map<string, () => Promise<void>>();
  storageContract({
    describe: (_, define) => define(),
    it: (sentence, run) => {
      expect(cases.has(sentence), `two cases are named '${sentence}'`).toBe(false);
      cases.set(sentence, run);
    },
    open,
  });
  return cases;
};

describe("the storage contract finds out when", () => {
  it.each(mutants)("$fault", async ({ module, broken }) => {
    const run = casesFor(module).get(broken) ?? expect.fail(`no case is named '${broken}'`);
    await expect(run()).rejects.toMatchObject({ name: "AssertionError" });
  });

  it.each(mutants.filter(({ broken }) => broken.startsWith("of 50 callers")))(
    "$fault, by that fault alone",
    async ({ broken }) => {
      const run = casesFor(() => withoutTransactions(memoryStore())).get(broken) ?? expect.fail(broken);
      await expect(run()).resolves.toBeUndefined();
    },
  );
});

describe("the comparison of two stores", () => {
  const users = randomUsers(seededRandom(5), 60);
  const tenant = "acme";
  const compare = (other: StoreModule) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const [left, right] = [yield* memoryStore().open, yield* other.open];
          yield* insertUsers(left, tenant, users);
          yield* insertUsers(right, tenant, users);
          return yield* agreeOnLists({ stores: { left, right }, tenant, users, seed: 1, cases: 200 });
        }),
      ),
    );

  it("asks questions that find some and not all", async () => {
    const { cases, withRows, rows } = await compare(memoryStore());
    expect(withRows).toBeGreaterThan(cases / 3);
    expect(rows).toBeLessThan((cases * users.length) / 2);
  });

  it.each([
    "a list goes on behind all ties of its place",
    "texts are ordered by UTF-16",
    "a percent sign is a wildcard",
    "what is not true of an absent value is not found by 'not' either",
    "arrays in metadata are not compared",
    "absent values are sorted last",
    "an offset is not looked at",
    "a count does not stop at its cap",
  ])("finds out when %s, and names the seed", async (fault) => {
    const mutant = mutants.find((candidate) => candidate.fault === fault) ?? expect.fail(fault);
    await expect(compare(mutant.module())).rejects.toThrow(/seed \d+/);
  });

  it("draws the same users and questions from the same seed", () => {
    expect(randomUsers(seededRandom(9), 20)).toEqual(randomUsers(seededRandom(9), 20));
    expect(randomUsers(seededRandom(9), 20)).not.toEqual(randomUsers(seededRandom(10), 20));
  });
});
