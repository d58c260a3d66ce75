import { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";

/** Lets calls through, or makes them wait. */
export interface Gate {
  /** Runs an effect once the gate is open. Waits five seconds at most, then fails with StoreUnavailable. */
  readonly through: <A, E>(effect: () => Effect.Effect<A, E>) => Effect.Effect<A, E | StoreUnavailable>;
  /** Resolves when all who went through are done: true. After a second it gives up waiting: false. */
  readonly shut: () => Promise<boolean>;
  readonly open: () => void;
}

const waitMilliseconds = 5_000;
const leaveMilliseconds = 1_000;

export const makeGate = (): Gate => {
  const waiting = new Set<() => void>();
  let isShut = false;
  let inside = 0;
  let whenEmpty: (() => void) | undefined;

  const opened = Effect.callback<void, StoreUnavailable>((resume) => {
    if (!isShut) {
      resume(Effect.void);
      return;
    }
    const pass = (): void => {
      clearTimeout(patience);
      waiting.delete(pass);
      resume(Effect.void);
    };
    const patience = setTimeout(() => {
      waiting.delete(pass);
      resume(Effect.fail(new StoreUnavailable({ reason: "it is being changed for another one", retryable: true })));
    }, waitMilliseconds);
    waiting.add(pass);
  });

  const leave = Effect.sync(() => {
    inside -= 1;
    if (inside === 0) whenEmpty?.();
  });

  const through = <A, E>(effect: () => Effect.Effect<A, E>): Effect.Effect<A, E | StoreUnavailable> =>
    Effect.suspend(() => {
      if (isShut) return Effect.andThen(opened, through(effect));
      inside += 1;
      return Effect.ensuring(Effect.suspend(effect), leave);
    });

  return {
    through,
    shut: async () => {
      isShut = true;
      if (inside === 0) return true;
      return new Promise<boolean>((resolve) => {
        const done = (isEmpty: boolean): void => {
          clearTimeout(patience);
          whenEmpty = undefined;
          resolve(isEmpty);
        };
        const patience = setTimeout(() => done(false), leaveMilliseconds);
        whenEmpty = () => done(true);
      });
    },
    open: () => {
      isShut = false;
      for (const pass of [...waiting]) pass();
    },
  };
};
