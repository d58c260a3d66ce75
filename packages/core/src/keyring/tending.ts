import * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import type { Keyring } from "./keyring.ts";
import type { Rotation } from "./rotation.ts";

/** How often a schedule is looked at: the shortest has an hour. */
const lookMilliseconds = 60_000;

/** Rotates keys when they are due, once a minute, until the answered function is called. */
export const tendKeys = (rotation: Rotation, keyring: Keyring, scope: CallScope): (() => void) => {
  const tend = Effect.andThen(rotation.rotateIfDue(scope), keyring.refresh);
  const timer = setInterval(() => {
    // A store that is down is asked again in a minute; keys are prepared long before they are needed.
    Effect.runFork(Effect.ignore(tend));
  }, lookMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
};
