import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { Storage, Stores } from "../ports/storage.ts";
import type { User } from "../user/user.ts";
import { randomSelection } from "./random-conditions.ts";
import { seededRandom } from "./seeded-random.ts";

/** Stores to compare, and how often. */
export interface Agreement {
  /** Two stores or more, by the names they are given in a failure. The first one is what the others are measured by. */
  readonly stores: { readonly [name: string]: Pick<Stores, "users"> };
  readonly tenant: string;
  /** The users that every store holds in this tenant: what conditions are made from. */
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
  /** Rows of the first store in all. */
  readonly rows: number;
}

/** Puts users into a tenant of an open storage, in one transaction. */
export const insertUsers = (storage: Storage, tenant: string, users: readonly User[]): Effect.Effect<void, unknown> =>
  storage.transact((stores) => Effect.forEach(users, (user) => stores.users.insert(tenant, user), { discard: true }));

/**
 * Asks stores for the same random pages and counts: conditions, sorts, directions, places, offsets and limits of all
 * kinds, a few at a time. Dies of an `AssertionError` that names the seed of a case on which they disagree.
 */
export const agreeOnLists: (agreement: Agreement) => Effect.Effect<AgreementReport, StoreUnavailable> =
  Effect.fnUntraced(function* (agreement) {
    const [first, ...others] = Object.entries(agreement.stores);
    if (first === undefined || others.length === 0) throw new RangeError("There are no two stores to compare.");
    const { cases } = agreement;
    let [withRows, rows] = [0, 0];
    const oneCase = Effect.fnUntraced(function* (number: number) {
      const question = questionOf(agreement, agreement.seed + number);
      const expected = yield* answerOf(first[1], question);
      const compare = ([name, store]: readonly [string, Pick<Stores, "users">]) =>
        Effect.map(answerOf(store, question), (answer) => mustAgree(name, question, expected, answer));
      yield* Effect.forEach(others, compare, { concurrency: "unbounded", discard: true });
      withRows += expected.page.length > 0 ? 1 : 0;
      rows += expected.page.length;
    });
    const numbers = Array.from({ length: cases }, (_, number) => number);
    yield* Effect.forEach(numbers, oneCase, { concurrency: casesAtOnce, discard: true });
    return { cases, withRows, rows };
  });

/** Enough to keep a database busy while this process compares. */
const casesAtOnce = 4;

const questionOf = ({ tenant, users }: Agreement, seed: number) => {
  const random = seededRandom(seed);
  const selection = randomSelection(random, users);
  const cap = 1 + random.below(30);
  return { tenant, selection, cap, about: `seed ${seed}, ${JSON.stringify(selection)}` };
};

type Question = ReturnType<typeof questionOf>;

interface Answer {
  readonly page: readonly User[];
  readonly count: number;
  readonly capped: number;
}

const answerOf = (
  { users }: Pick<Stores, "users">,
  { tenant, selection, cap }: Question,
): Effect.Effect<Answer, StoreUnavailable> =>
  Effect.all(
    {
      page: users.list(tenant, selection),
      count: users.count(tenant, selection.where),
      capped: users.count(tenant, selection.where, cap),
    },
    { concurrency: "unbounded" },
  );

const mustAgree = (name: string, { cap, about }: Question, expected: Answer, answer: Answer): void => {
  assert.deepEqual(idsOf(answer.page), idsOf(expected.page), `Different rows in ${name}: ${about}`);
  assert.deepEqual(answer.page, expected.page, `Different fields in ${name}: ${about}`);
  assert.equal(answer.count, expected.count, `Different counts in ${name}: ${about}`);
  assert.equal(answer.capped, Math.min(expected.count, cap), `Different counts up to ${cap} in ${name}: ${about}`);
};

const idsOf = (users: readonly User[]): readonly string[] => users.map(({ id }) => id);
