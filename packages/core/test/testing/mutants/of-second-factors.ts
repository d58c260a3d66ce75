import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Stores } from "../../../src/ports/storage.ts";
import { type Mutant, withFaultIn, withoutTransactions, withSessions } from "./faulty.ts";

const withFactors = (fault: (factors: Stores["secondFactors"]) => Partial<Stores["secondFactors"]>) =>
  withFaultIn("secondFactors", ({ secondFactors }) => fault(secondFactors));

export const mutantsOfSecondFactors: readonly Mutant[] = [
  {
    fault: "the last step of a factor is looked up, then raised",
    module: () =>
      withoutTransactions(
        withFactors((factors) => ({
          accept: Effect.fnUntraced(function* (tenant, id, step, at) {
            const found = Option.getOrUndefined(yield* factors.find(tenant, id));
            yield* Effect.yieldNow;
            yield* factors.accept(tenant, id, step, at);
            return found !== undefined && found.lastStep < step;
          }),
        })),
      ),
    broken: "of 50 callers who show one code of a second factor exactly one is accepted",
  },
  {
    fault: "recovery codes are counted, then one is taken",
    module: () =>
      withoutTransactions(
        withFactors((factors) => ({
          consumeRecoveryCode: Effect.fnUntraced(function* (tenant, userId, hash) {
            const left = yield* factors.countRecoveryCodes(tenant, userId);
            yield* Effect.yieldNow;
            yield* factors.consumeRecoveryCode(tenant, userId, hash);
            return left > 0;
          }),
        })),
      ),
    broken: "of 50 callers who show one recovery code exactly one is accepted",
  },
  {
    fault: "only the very same step is refused",
    module: () =>
      withFactors((factors) => ({
        accept: Effect.fnUntraced(function* (tenant, id, step, at) {
          const found = Option.getOrUndefined(yield* factors.find(tenant, id));
          return (yield* factors.accept(tenant, id, step, at)) || (found !== undefined && found.lastStep !== step);
        }),
      })),
    broken: "the code of a step is accepted once, and none of an earlier step after it",
  },
  {
    fault: "a recovery code works for everybody",
    module: () => withFactors(() => ({ consumeRecoveryCode: () => Effect.succeed(true) })),
    broken: "a recovery code is used once, by its user, and a new set takes the place of the old one",
  },
  {
    fault: "a proof is put into a session that has ended",
    module: () => withSessions(() => ({ reauthenticate: () => Effect.succeed(true) })),
    broken: "another proof takes the place of a live session's, and of no other",
  },
];
