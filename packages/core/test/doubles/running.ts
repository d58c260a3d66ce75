import * as Effect from "effect/Effect";
import { onTestFinished } from "vitest";
import { createMuster } from "../../src/create-muster.ts";
import type { Muster } from "../../src/muster.ts";
import type { MusterOptions } from "../../src/options.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import { quickHasher } from "./hashers.ts";

export const issuer = "https://users.example";

/** A password that every rule accepts. */
export const password = "correct horse battery";

export type Started = Partial<MusterOptions> & { readonly store: StoreModule };

/** An instance that is closed with the test. Passwords cost nothing unless a hasher is given. */
export const started = async ({ ports, ...options }: Started): Promise<Muster> => {
  const muster = await createMuster({
    issuer,
    ...options,
    ports: { passwordHasher: quickHasher(), ...ports },
  });
  onTestFinished(() => muster.close());
  return muster;
};

/** The error that a call fails with; a call that succeeds fails the test. */
export const failureOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("This call should have failed.");
};

/** The tag of the error that a call fails with, or `"success"`. */
export const outcomeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "success",
    (error: unknown) => (error instanceof Error && "_tag" in error ? String(error._tag) : `defect: ${String(error)}`),
  );

/** Statements straight on a store, for what no use case would write. */
export const onStore = <A>(
  module: StoreModule,
  use: (storage: Effect.Success<StoreModule["open"]>) => Effect.Effect<A, unknown>,
): Promise<A> => Effect.runPromise(Effect.scoped(Effect.flatMap(module.open, use)));
