import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { AttemptKey, AttemptRule, AttemptState, AttemptStore } from "../ports/attempt-store.ts";
import { type AttemptRow, type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memoryAttempts = (tables: Tables, run: Run): AttemptStore => ({
  find: (tenant, key) =>
    run(() => {
      const { attempts } = tablesOf(tables, tenant);
      const names = [key, { ...key, address: any }, { ...key, login: any }].map(nameOf);
      const found = [...new Set(names)].flatMap((name) => attempts.get(name) ?? []);
      return Effect.succeed(found.map(({ state }) => copyOf(state)));
    }),

  recordFailure: (tenant, key, rule, at) =>
    run((journal) => {
      const { attempts } = tablesOf(tables, tenant);
      const before = attempts.get(nameOf(key))?.state;
      if (before !== undefined && waits(before, at)) return Effect.succeedNone;
      const isFresh = before === undefined || endOfWait(before) + rule.forgetMilliseconds <= at.getTime();
      const state: AttemptState = {
        key,
        failures: isFresh ? 1 : before.failures + 1,
        failedAt: at,
        waitMilliseconds: isFresh ? 0 : nextWait(before, rule),
        familiarUntil: before?.familiarUntil ?? null,
      };
      const keptUntil = at.getTime() + longestOf(rule);
      journal.set(attempts, nameOf(key), {
        state: copyOf(state),
        expiresAt: Math.max(keptUntil, state.familiarUntil?.getTime() ?? 0),
      });
      return Effect.succeed(Option.some(state));
    }),

  recordSuccess: (tenant, key, familiarUntil, at) =>
    run((journal) => {
      const { attempts } = tablesOf(tables, tenant);
      const before = attempts.get(nameOf(key))?.state;
      if (before !== undefined && waits(before, at)) return Effect.succeed(false);
      const state = copyOf({ key, failures: 0, failedAt: at, waitMilliseconds: 0, familiarUntil });
      journal.set(attempts, nameOf(key), { state, expiresAt: familiarUntil.getTime() });
      return Effect.succeed(true);
    }),

  clear: (tenant, login) =>
    run((journal) => {
      const { attempts } = tablesOf(tables, tenant);
      const counted = [...attempts].filter(
        ([, { state }]) => state.failures > 0 && Buffer.compare(state.key.login, login) === 0,
      );
      for (const [name, row] of counted) {
        journal.set(attempts, name, { ...row, state: { ...row.state, failures: 0, waitMilliseconds: 0 } });
      }
      return Effect.succeed(counted.length);
    }),

  removeExpiredBefore: (before, limit) =>
    run((journal) => {
      let removed = 0;
      for (const { attempts } of tables.tenants.values()) {
        for (const [name, { expiresAt }] of [...attempts]) {
          if (removed >= limit) return Effect.succeed(removed);
          if (expiresAt >= before.getTime()) continue;
          journal.remove(attempts, name);
          removed++;
        }
      }
      return Effect.succeed(removed);
    }),
});

const any = new Uint8Array();

const nameOf = ({ login, address }: AttemptKey): string =>
  `${Buffer.from(login).toString("hex")} ${Buffer.from(address).toString("hex")}`;

const endOfWait = ({ failedAt, waitMilliseconds }: AttemptState): number => failedAt.getTime() + waitMilliseconds;

const waits = (state: AttemptState, at: Date): boolean => state.waitMilliseconds > 0 && endOfWait(state) > at.getTime();

const nextWait = ({ failures, waitMilliseconds }: AttemptState, rule: AttemptRule): number => {
  if (failures + 1 >= rule.ceiling) return rule.ceilingWaitMilliseconds;
  if (failures + 1 < rule.from) return 0;
  if (waitMilliseconds === 0) return rule.firstWaitMilliseconds;
  return Math.min(waitMilliseconds * 2, rule.longestWaitMilliseconds);
};

const longestOf = (rule: AttemptRule): number =>
  Math.max(rule.longestWaitMilliseconds, rule.ceilingWaitMilliseconds) + rule.forgetMilliseconds;

const copyOf = (state: AttemptState): AttemptRow["state"] => ({
  ...state,
  key: { login: Uint8Array.from(state.key.login), address: Uint8Array.from(state.key.address) },
  failedAt: new Date(state.failedAt),
  familiarUntil: state.familiarUntil === null ? null : new Date(state.familiarUntil),
});
