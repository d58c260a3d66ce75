import * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import { InsufficientAuthentication, type StoreUnavailable } from "../errors.ts";
import type { Clock } from "../ports/environment.ts";
import type { Stores } from "../ports/storage.ts";
import type { Principal } from "../session/session.ts";
import { isConfirmed } from "./second-factor.ts";

/** What a call may ask of how its caller logged in. */
export interface AuthenticationRequirement {
  /** The caller proved who they are at most so many seconds ago. */
  readonly maxAgeSeconds?: number;
  /** By all of these (RFC 8176), e.g. `mfa`. */
  readonly methods?: readonly string[];
}

/** Why a caller has to prove themselves again, or undefined. An instant to come is no proof either: a clock was set back. */
export const lackOf = (
  { authenticatedAt, methods }: Pick<Principal, "authenticatedAt" | "methods">,
  required: AuthenticationRequirement,
  now: number,
): InsufficientAuthentication | undefined => {
  const { maxAgeSeconds, methods: needed = [] } = required;
  const age = Math.abs(now - authenticatedAt.getTime());
  // Instants in tokens are whole seconds.
  const isRecent = maxAgeSeconds === undefined || age < (maxAgeSeconds + 1) * 1_000;
  if (isRecent && needed.every((method) => methods.includes(method))) return undefined;
  return new InsufficientAuthentication({ maxAgeSeconds: maxAgeSeconds ?? null, methods: needed });
};

/** How long after a login, or a step-up, second factors may be changed: long enough to set up an app. */
const recentSeconds = 600;

/** Lets users change what they log in by only after a recent proof, by a second factor if they have one (OWASP ASVS 5.0 7.5.1). */
export const requireRecentProof: (
  clock: Clock,
  scope: CallScope,
  stores: Stores,
) => Effect.Effect<void, InsufficientAuthentication | StoreUnavailable> = Effect.fnUntraced(
  function* (clock, scope, stores) {
    if (scope.actor.kind !== "user") return;
    const { principal } = scope.actor;
    const own = yield* stores.secondFactors.list(scope.tenant, principal.userId);
    const methods = own.some(isConfirmed) ? ["mfa"] : [];
    const lack = lackOf(principal, { maxAgeSeconds: recentSeconds, methods }, clock.now());
    if (lack !== undefined) return yield* lack;
  },
);
