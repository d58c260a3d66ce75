import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { AttemptState } from "../../../src/ports/attempt-store.ts";
import type { Stores } from "../../../src/ports/storage.ts";
import { moment } from "../../../src/testing/index.ts";
import { type Mutant, withFaultIn, withoutTransactions } from "./faulty.ts";

const withAttempts = (fault: (attempts: Stores["attempts"]) => Partial<Stores["attempts"]>) =>
  withFaultIn("attempts", ({ attempts }) => fault(attempts));

const ofKey = (states: readonly AttemptState[]): AttemptState | undefined =>
  states.find(({ key: { login, address } }) => login.length > 0 && address.length > 0);

export const mutantsOfAttempts: readonly Mutant[] = [
  {
    fault: "failures are looked up, then counted",
    module: () =>
      withoutTransactions(
        withAttempts((attempts) => ({
          recordFailure: Effect.fnUntraced(function* (tenant, key, rule, at) {
            const seen = ofKey(yield* attempts.find(tenant, key))?.failures ?? 0;
            yield* Effect.yieldNow;
            const counted = yield* attempts.recordFailure(tenant, key, rule, at);
            const before = { key, failedAt: at, waitMilliseconds: 0, familiarUntil: null };
            return Option.some({ ...Option.getOrElse(counted, () => before), failures: seen + 1 });
          }),
        })),
      ),
    broken: "of 50 callers who fail at once as many are counted as may be, each with a number of its own",
  },
  {
    fault: "failures during a wait are counted",
    module: () =>
      withAttempts((attempts) => ({
        recordFailure: Effect.fnUntraced(function* (tenant, key, rule, at) {
          const counted = yield* attempts.recordFailure(tenant, key, rule, at);
          if (Option.isSome(counted)) return counted;
          return yield* attempts.recordFailure(
            tenant,
            key,
            rule,
            new Date(at.getTime() + rule.longestWaitMilliseconds),
          );
        }),
      })),
    broken: "a failure during a wait is not counted, one at its end is",
  },
  {
    fault: "failures are never forgotten",
    module: () =>
      withAttempts((attempts) => ({
        recordFailure: (tenant, key, rule, at) =>
          attempts.recordFailure(tenant, key, { ...rule, forgetMilliseconds: rule.forgetMilliseconds * 10 }, at),
      })),
    broken: "failures are forgotten some time after the last wait, and not before",
  },
  {
    fault: "the right password ends a wait",
    module: () =>
      withAttempts((attempts) => ({
        recordSuccess: (tenant, key, familiarUntil) =>
          attempts.recordSuccess(tenant, key, familiarUntil, moment(10_000_000)),
      })),
    broken: "a success during a wait does nothing and says so",
  },
  {
    fault: "only what a login failed at anywhere is cleared",
    module: () => withAttempts(() => ({ clear: () => Effect.succeed(0) })),
    broken: "the failures of a login are cleared from everywhere, what is familiar remains so",
  },
];
