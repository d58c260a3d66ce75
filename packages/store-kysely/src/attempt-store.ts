import type { AttemptKey, AttemptRule, AttemptState, AttemptStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { type AttemptRow, attemptQueries } from "./attempt-queries.ts";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";

export const attemptStore = (db: Builder): ((executor: Executor) => AttemptStore) => {
  const queries = attemptQueries(db);
  return (executor) => ({
    find: (tenant, { login, address }) =>
      Effect.map(executor.all(queries.find({ tenant, login, address, any })), (rows) => rows.map(stateOf)),
    // A statement that writes and answers rows: outside a transaction it needs one of its own.
    recordFailure: (tenant, key, rule, at) =>
      Effect.map(
        executor.atomically((tx) => tx.first(queries.recordFailure(failureOf(tenant, key, rule, at.getTime())))),
        (row) => Option.map(Option.fromUndefinedOr(row), stateOf),
      ),
    recordSuccess: (tenant, { login, address }, familiarUntil, at) =>
      Effect.map(
        executor.run(
          queries.recordSuccess({ tenant, login, address, at: at.getTime(), familiarUntil: familiarUntil.getTime() }),
        ),
        (written) => written === 1,
      ),
    clear: (tenant, login) => executor.run(queries.clear({ tenant, login })),
    removeExpiredBefore: (before, limit) => executor.run(queries.removeExpired({ before: before.getTime(), limit })),
  });
};

const any = new Uint8Array();

const failureOf = (tenant: string, { login, address }: AttemptKey, rule: AttemptRule, at: number) => ({
  tenant,
  login,
  address,
  at,
  from: rule.from,
  firstWait: rule.firstWaitMilliseconds,
  longestWait: rule.longestWaitMilliseconds,
  ceiling: rule.ceiling,
  ceilingWait: rule.ceilingWaitMilliseconds,
  forgottenBefore: at - rule.forgetMilliseconds,
  keptUntil: at + Math.max(rule.longestWaitMilliseconds, rule.ceilingWaitMilliseconds) + rule.forgetMilliseconds,
});

const stateOf = (row: AttemptRow): AttemptState => ({
  key: { login: Uint8Array.from(row.login_key), address: Uint8Array.from(row.address_key) },
  failures: Number(row.failures),
  failedAt: new Date(Number(row.failed_at)),
  waitMilliseconds: Number(row.wait_ms),
  familiarUntil: Number(row.familiar_until) === 0 ? null : new Date(Number(row.familiar_until)),
});
