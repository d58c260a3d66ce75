import { setImmediate } from "node:timers/promises";
import * as Effect from "effect/Effect";

/** Lets others have their turn: reading a SQLite file never leaves this process by itself. */
export const breathe: Effect.Effect<void> = Effect.promise(() => setImmediate());
