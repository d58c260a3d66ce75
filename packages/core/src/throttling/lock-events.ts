import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type { ScopedStorage } from "../hooks/commits.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";

/** Tells the audit log, and hooks, that a user's logins have to wait. */
export interface LockEvents {
  readonly append: (tenant: string, userId: string) => Effect.Effect<void>;
  /** Ends when everything begun is written. */
  readonly settled: Effect.Effect<void>;
}

/**
 * Events are written beside the login that failed, which waits for neither the log nor a hook: else its duration, or a hook's
 * refusal, would tell that there is such a user.
 */
export const makeLockEvents = (ports: {
  readonly storage: ScopedStorage;
  readonly clock: Clock;
  readonly ids: IdGenerator;
}): LockEvents => {
  const running = new Set<Fiber.Fiber<void>>();

  const write = (tenant: string, userId: string): Effect.Effect<void> =>
    ports.storage
      .transact((stores) =>
        stores.audit.append(tenant, {
          id: ports.ids.next(),
          at: new Date(ports.clock.now()),
          type: "user.locked",
          actor: { kind: "anonymous" },
          userId,
          sessionId: null,
          changes: [],
        }),
      )
      .pipe(Effect.catch(() => Effect.logWarning("Muster: that logins have to wait could not be written down.")));

  return {
    append: Effect.fnUntraced(function* (tenant, userId) {
      const fiber = yield* Effect.forkDetach(write(tenant, userId));
      running.add(fiber);
      fiber.addObserver(() => running.delete(fiber));
    }),
    settled: Effect.suspend(() => Effect.asVoid(Fiber.awaitAll(running))),
  };
};
