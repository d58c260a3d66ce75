import * as Effect from "effect/Effect";
import { ChangeRefused, isMusterError, type StoreUnavailable } from "../errors.ts";
import type { ChangeEvent, Hooks } from "./hooks.ts";

/** The hooks of an instance, ready to be called. */
export interface CallHooks {
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  readonly before: (
    events: readonly ChangeEvent[],
    transaction: unknown,
  ) => Effect.Effect<void, ChangeRefused | StoreUnavailable>;
  /** Never fails. */
  readonly after: (events: readonly ChangeEvent[]) => Effect.Effect<void>;
}

/** A transaction is open meanwhile, and on SQLite every other writer waits. */
const beforeMilliseconds = 5_000;

export const callHooks = ({ beforeCommit, afterCommit, onError }: Hooks<never>): CallHooks => {
  const report = (error: unknown, event: ChangeEvent): Effect.Effect<void> => {
    if (onError !== undefined) return Effect.ignoreCause(Effect.sync(() => onError(error, event)));
    const name = error instanceof Error ? error.name : typeof error;
    return Effect.logWarning(`Muster: the hook afterCommit failed for ${event.type} ${event.id}: ${name}`);
  };

  return {
    hasBefore: beforeCommit !== undefined,
    hasAfter: afterCommit !== undefined,

    before: (events, transaction) => {
      if (beforeCommit === undefined) return Effect.void;
      // The kind of the transaction is known where the instance is made; in here it is passed on unseen.
      const context = { transaction: transaction as never };
      return Effect.forEach(
        events,
        (event) =>
          Effect.timeoutOrElse(Effect.tryPromise({ try: async () => beforeCommit(event, context), catch: refusalOf }), {
            duration: beforeMilliseconds,
            orElse: () => Effect.fail(tooSlow()),
          }),
        { discard: true },
      );
    },

    after: (events) => {
      if (afterCommit === undefined || events.length === 0) return Effect.void;
      return Effect.forEach(
        events,
        (event) =>
          Effect.catch(Effect.tryPromise({ try: async () => afterCommit(event), catch: (error) => error }), (error) =>
            report(error, event),
          ),
        { discard: true },
      );
    },
  };
};

/** What the host meant to say passes; whatever else was thrown is its own business and stays the cause. */
const refusalOf = (error: unknown): ChangeRefused | StoreUnavailable => {
  if (isMusterError(error) && (error._tag === "ChangeRefused" || error._tag === "StoreUnavailable")) return error;
  return new ChangeRefused({ reason: "a hook of the application failed", cause: error });
};

const tooSlow = (): ChangeRefused => new ChangeRefused({ reason: "a hook of the application took too long" });
