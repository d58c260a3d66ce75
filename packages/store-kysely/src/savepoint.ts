import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

/**
 * Runs a body between a savepoint and its release, on a connection that is in a transaction: when the body fails,
 * everything since the savepoint is undone and the transaction goes on. Savepoints of one connection form a stack: the
 * caller sees to it that only one at each depth is open.
 */
export const inSavepoint = <A, E>(
  command: (sql: string) => Effect.Effect<void, StoreUnavailable>,
  depth: number,
  body: () => Effect.Effect<A, E>,
): Effect.Effect<A, E | StoreUnavailable> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const name = `muster_${depth}`;
      yield* command(`savepoint ${name}`);
      const exit = yield* Effect.exit(restore(Effect.suspend(body)));
      if (Exit.isSuccess(exit)) {
        yield* command(`release savepoint ${name}`);
      } else {
        yield* Effect.exit(command(`rollback to savepoint ${name}`));
        yield* Effect.exit(command(`release savepoint ${name}`));
      }
      return yield* exit;
    }),
  );
