import { createHmac } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { CallScope } from "../authorization/actor.ts";
import { type ChangeRefused, type StoreUnavailable, TooManyAttempts } from "../errors.ts";
import type { AttemptKey, AttemptRule } from "../ports/attempt-store.ts";
import type { Clock } from "../ports/environment.ts";
import type { Stores } from "../ports/storage.ts";

/** Limits how often codes of six digits may be guessed, whoever guesses and however: by user. */
export interface CodeAttempts {
  /** To be called before a code is looked at: counts it as wrong. Fails while there is a wait. */
  readonly begin: (
    scope: CallScope,
    userId: string,
  ) => Effect.Effect<void, TooManyAttempts | ChangeRefused | StoreUnavailable>;
  /** To be called in the transaction that accepts a code. */
  readonly succeed: (stores: Stores, tenant: string, userId: string) => Effect.Effect<void, StoreUnavailable>;
}

/**
 * Five wrong codes cost nothing (OWASP ASVS 5.0 6.6.3 asks for a limit, Kratos' is five); each one after that twice the
 * wait before it. A hundred in a row is the ceiling of NIST SP 800-63B-4 §3.2.2. Three codes out of 10⁶ are right at a time.
 */
const rule: AttemptRule = {
  from: 5,
  firstWaitMilliseconds: 30_000,
  longestWaitMilliseconds: 3_600_000,
  ceiling: 100,
  ceilingWaitMilliseconds: 86_400_000,
  forgetMilliseconds: 86_400_000,
};

/** Makes the limit. `key` hides in the table whom it is about. */
export const makeCodeAttempts = (key: Uint8Array, clock: Clock): CodeAttempts => {
  const keyOf = (tenant: string, userId: string): AttemptKey => ({
    login: createHmac("sha256", key)
      .update(JSON.stringify(["second factor", tenant, userId]))
      .digest(),
    address: new Uint8Array(0),
  });

  return {
    begin: Effect.fnUntraced(function* (scope, userId) {
      const attempt = keyOf(scope.tenant, userId);
      const at = new Date(clock.now());
      const counted = yield* scope.storage.transact(({ attempts }) =>
        attempts.recordFailure(scope.tenant, attempt, rule, at),
      );
      if (Option.isSome(counted)) return;
      const states = yield* scope.storage.attempts.find(scope.tenant, attempt);
      const ends = states.map(({ failedAt, waitMilliseconds }) => failedAt.getTime() + waitMilliseconds);
      const seconds = Math.ceil((Math.max(at.getTime(), ...ends) - at.getTime()) / 1_000);
      return yield* new TooManyAttempts({ retryAfterSeconds: Math.max(1, seconds) });
    }),

    succeed: (stores, tenant, userId) => Effect.asVoid(stores.attempts.clear(tenant, keyOf(tenant, userId).login)),
  };
};
