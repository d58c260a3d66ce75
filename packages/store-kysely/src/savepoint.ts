import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

/**
 * Runs a body between a savepoint and its release, on a connection that is in a transaction: when the body fails,
 * everything since the savepoint is undone and the transaction goes on. The caller sees
 * to it that one is open at a time.
 */
export const inSavepoint = <A, E>(
  command: (sql: string) => Effect.Effect<void, StoreUnavailable>,
  body: () => Effect.Effect<A, E>,
): Effect.Effect<A, E | StoreUnavailable> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      yield* command("savepoint muster");
      const exit = yield* Effect.exit(restore(Effect.suspend(body)));
      if (Exit.isSuccess(exit)) {
        yield* command("release savepoint muster");
      } else {
        yield* Effect.exit(command("rollback to savepoint muster"));
        yield* Effect.exit(command("release savepoint muster"));
      }
      return yield* exit;
    }),
  );
