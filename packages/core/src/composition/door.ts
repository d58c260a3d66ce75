import * as Effect from "effect/Effect";
import { Closed } from "../errors.ts";

/** Lets calls in until it is shut, and knows when the last one left. */
export interface Door {
  readonly isOpen: () => boolean;
  /** The effect, counted while it runs; Closed, without running it, once the door is shut. */
  readonly through: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | Closed>;
  /** Shuts it. Resolves when everybody who was in has left. */
  readonly shut: () => Promise<void>;
}

export const makeDoor = (): Door => {
  const waiting: (() => void)[] = [];
  let open = true;
  let inside = 0;

  const left = Effect.sync(() => {
    inside--;
    if (inside === 0) for (const resolve of waiting.splice(0)) resolve();
  });

  return {
    isOpen: () => open,
    through: <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.uninterruptibleMask((restore): Effect.Effect<A, E | Closed> => {
        if (!open) return Effect.fail(new Closed());
        inside++;
        return Effect.ensuring(restore(effect), left);
      }),
    shut: () => {
      open = false;
      return inside === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
};
