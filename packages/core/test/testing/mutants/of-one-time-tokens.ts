import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Stores } from "../../../src/ports/storage.ts";
import { moment } from "../../../src/testing/index.ts";
import { type Mutant, withFaultIn, withoutTransactions } from "./faulty.ts";

const withTokens = (fault: (tokens: Stores["oneTimeTokens"]) => Partial<Stores["oneTimeTokens"]>) =>
  withFaultIn("oneTimeTokens", ({ oneTimeTokens }) => fault(oneTimeTokens));

export const mutantsOfOneTimeTokens: readonly Mutant[] = [
  {
    fault: "a password that is removed is still there",
    module: () => withFaultIn("credentials", () => ({ remove: () => Effect.succeed(true) })),
    broken: "a user is left without a password",
  },
  {
    fault: "a one-time token is looked up, then taken",
    module: () =>
      withoutTransactions(
        withTokens((tokens) => ({
          consume: Effect.fnUntraced(function* (tenant, hash, purpose, now) {
            const found = yield* tokens.find(tenant, hash);
            yield* Effect.yieldNow;
            yield* tokens.consume(tenant, hash, purpose, now);
            return found;
          }),
        })),
      ),
    broken: "of 50 callers who use one token that works once exactly one succeeds",
  },
  {
    fault: "a one-time token works again and again",
    module: () => withTokens((tokens) => ({ consume: (tenant, hash) => tokens.find(tenant, hash) })),
    broken: "a token is taken once, and then it is gone",
  },
  {
    fault: "a one-time token never expires",
    module: () =>
      withTokens((tokens) => ({ consume: (tenant, hash, purpose) => tokens.consume(tenant, hash, purpose, moment()) })),
    broken: "a token is not taken for another purpose, in another tenant, or from its expiry on",
  },
  {
    fault: "a one-time token of one purpose is taken for another",
    module: () =>
      withTokens((tokens) => ({
        consume: Effect.fnUntraced(function* (tenant, hash, purpose, now) {
          const found = Option.getOrUndefined(yield* tokens.find(tenant, hash));
          return yield* tokens.consume(tenant, hash, found?.purpose ?? purpose, now);
        }),
      })),
    broken: "a token is not taken for another purpose, in another tenant, or from its expiry on",
  },
  {
    fault: "the newest one-time token is looked for among all purposes",
    module: () =>
      withTokens((tokens) => ({
        findNewest: Effect.fnUntraced(function* (tenant, userId, purpose) {
          const change = yield* tokens.findNewest(tenant, userId, "email_change");
          return Option.isSome(change) ? change : yield* tokens.findNewest(tenant, userId, purpose);
        }),
      })),
    broken: "the newest token of a user and purpose is the one made last",
  },
  {
    fault: "tokens of all purposes are removed together",
    module: () =>
      withTokens((tokens) => ({
        removeAll: (tenant, userId, purpose) =>
          Effect.andThen(
            tokens.removeAll(tenant, userId, "email_verification"),
            tokens.removeAll(tenant, userId, purpose),
          ),
      })),
    broken: "all tokens of a user and purpose are removed, and no others",
  },
];
