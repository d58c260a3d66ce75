import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import { builderOf } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { accessChecks } from "./access-checks.ts";
import { rowChecks } from "./row-checks.ts";
import { userCheck } from "./user-check.ts";

/** What `brokenInvariants` of core's `Storage` promises. */
export const brokenInvariants = (
  dialect: Dialect,
  executor: Executor,
): Effect.Effect<readonly string[], StoreUnavailable> => {
  const db = builderOf(dialect);
  const checks = [...rowChecks(db), ...accessChecks(db), userCheck(db, dialect)];
  const { brokenIndexes } = dialect.search;
  return Effect.gen(function* () {
    const sentences = yield* executor.atomically((tx) => Effect.forEach(checks, (check) => check(tx)));
    const ofIndexes = brokenIndexes === undefined ? [] : yield* brokenIndexes(executor);
    return [...sentences.flat(), ...ofIndexes];
  });
};
