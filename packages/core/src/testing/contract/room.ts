import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Storage, StoreModule } from "../../ports/storage.ts";

/** The tenant in which the cases happen, unless they are about tenants. */
export const tenant = "acme";

/** What one case does to an open, empty database. `again` opens the same database a second time. */
export type Scenario = (storage: Storage, again: StoreModule["open"]) => Effect.Effect<void, unknown, Scope.Scope>;

/** The cases about one subject. Their keys are sentences that hold for every store. */
export interface Room {
  readonly about: string;
  readonly cases: { readonly [sentence: string]: Scenario };
}

/** The same case once for each of several values. */
export const forEachOf = <Value>(
  values: readonly Value[],
  named: (value: Value) => string,
  scenario: (value: Value) => Scenario,
): Room["cases"] => Object.fromEntries(values.map((value) => [named(value), scenario(value)]));

/** The error of a call that has to fail. */
export const errorOf = <A, E>(call: Effect.Effect<A, E>): Effect.Effect<E> =>
  Effect.matchEffect(call, {
    onFailure: (error) => Effect.succeed(error),
    onSuccess: () => Effect.die(new assert.AssertionError({ message: "A call succeeded that had to fail." })),
  });
