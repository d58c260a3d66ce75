import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { Storage, Stores } from "../ports/storage.ts";
import type { User } from "../user/user.ts";
import { randomSelection } from "./random-conditions.ts";
import { seededRandom } from "./seeded-random.ts";

/** Two stores to compare, and how often. */
export interface Agreement {
  readonly left: Pick<Stores, "users">;
  readonly right: Pick<Stores, "users">;
  readonly tenant: string;
  /** The users that both stores hold in this tenant: what conditions are made from. */
  readonly users: readonly User[];
  /** Case number n is drawn from `seed + n`, so that a failing one can be repeated alone. */
  readonly seed: number;
  readonly cases: number;
}

/** What a run of {@link agreeOnLists} compared, to see that it was not all empty lists. */
export interface AgreementReport {
  readonly cases: number;
  /** Cases whose page had at least one row. */
  readonly withRows: number;
  /** Rows compared in all. */
  readonly rows: number;
}

/** Puts users into a tenant of an open storage, in one transaction. */
export const insertUsers = (storage: Storage, tenant: string, users: readonly User[]): Effect.Effect<void, unknown> =>
  storage.transact((stores) => Effect.forEach(users, (user) => stores.users.insert(tenant, user), { discard: true }));

/**
 * Asks two stores for the same random pages and counts: conditions, sorts, directions, places, offsets and limits of
 * all kinds. Dies of an `AssertionError` that names the seed of the first case on which they disagree.
 */
export const agreeOnLists: (agreement: Agreement) => Effect.Effect<AgreementReport, StoreUnavailable> =
  Effect.fnUntraced(function* ({ left, right, tenant, users, seed, cases }) {
    let [withRows, rows] = [0, 0];
    for (let number = 0; number < cases; number++) {
      const random = seededRandom(seed + number);
      const selection = randomSelection(random, users);
      const cap = 1 + random.below(30);
      const about = `seed ${seed + number}, ${JSON.stringify(selection)}`;

      const [ours, theirs] = [yield* left.users.list(tenant, selection), yield* right.users.list(tenant, selection)];
      assert.deepEqual(idsOf(theirs), idsOf(ours), `Different rows: ${about}`);
      assert.deepEqual(theirs, ours, `Different fields: ${about}`);

      const count = yield* left.users.count(tenant, selection.where);
      assert.equal(yield* right.users.count(tenant, selection.where), count, `Different counts: ${about}`);
      const capped = yield* right.users.count(tenant, selection.where, cap);
      assert.equal(capped, Math.min(count, cap), `Different counts up to ${cap}: ${about}`);

      withRows += ours.length > 0 ? 1 : 0;
      rows += ours.length;
    }
    return { cases, withRows, rows };
  });

const idsOf = (users: readonly User[]): readonly string[] => users.map(({ id }) => id);
