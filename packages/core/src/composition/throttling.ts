import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { ScopedStorage } from "../hooks/commits.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import { makeLockEvents } from "../throttling/lock-events.ts";
import { makeThrottle, noThrottle, type Throttle } from "../throttling/throttle.ts";
import type { ThrottlingSettings } from "../throttling/throttling-options.ts";

/** Wires the throttle, if there is to be one. What it still has to write is written before the scope ends. */
export const throttling: (sources: {
  readonly storage: ScopedStorage;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly installationKey: KeyObject;
  readonly settings: ThrottlingSettings | undefined;
}) => Effect.Effect<Throttle, never, Scope.Scope> = Effect.fnUntraced(function* (sources) {
  const { settings, clock } = sources;
  if (settings === undefined) return noThrottle;
  const events = yield* Effect.acquireRelease(
    Effect.sync(() => makeLockEvents(sources)),
    ({ settled }) => settled,
  );
  return makeThrottle({ clock, settings, key: derived(sources.installationKey), locked: events.append });
});

/** A key of its own for its own purpose (RFC 5869 §3.2). */
const derived = (key: KeyObject): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync("sha256", key, "", "muster failed attempts", 32)));
