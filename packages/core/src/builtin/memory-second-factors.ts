import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { compareCodePoints } from "../kernel/text.ts";
import type { SecondFactorStore, StoredSecondFactor } from "../ports/second-factor-store.ts";
import { type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memorySecondFactors = (tables: Tables, run: Run): SecondFactorStore => ({
  insert: (tenant, factor) =>
    run((journal) => {
      const { users, secondFactors } = tablesOf(tables, tenant);
      if (!users.has(factor.userId)) throw new Error("A second factor was inserted for a user who does not exist.");
      if (secondFactors.has(factor.id)) throw new Error("Two second factors with one id.");
      journal.set(secondFactors, factor.id, copyOf(factor));
      return Effect.void;
    }),

  find: (tenant, id) =>
    run(() => {
      const found = tablesOf(tables, tenant).secondFactors.get(id);
      return Effect.succeed(Option.map(Option.fromUndefinedOr(found), copyOf));
    }),

  list: (tenant, userId) =>
    run(() => {
      const found = [...tablesOf(tables, tenant).secondFactors.values()].filter((factor) => factor.userId === userId);
      return Effect.succeed(found.sort(oldestFirst).map(copyOf));
    }),

  accept: (tenant, id, step, at) =>
    run((journal) => {
      const { secondFactors } = tablesOf(tables, tenant);
      const factor = secondFactors.get(id);
      if (factor === undefined || factor.lastStep >= step) return Effect.succeed(false);
      const confirmedAt = factor.confirmedAt ?? at;
      journal.set(secondFactors, id, copyOf({ ...factor, confirmedAt, lastUsedAt: at, lastStep: step }));
      return Effect.succeed(true);
    }),

  rename: (tenant, id, name) =>
    run((journal) => {
      const { secondFactors } = tablesOf(tables, tenant);
      const factor = secondFactors.get(id);
      if (factor === undefined) return Effect.succeed(false);
      journal.set(secondFactors, id, copyOf({ ...factor, name }));
      return Effect.succeed(true);
    }),

  remove: (tenant, id) =>
    run((journal) => {
      const { secondFactors } = tablesOf(tables, tenant);
      const isThere = secondFactors.has(id);
      if (isThere) journal.remove(secondFactors, id);
      return Effect.succeed(isThere);
    }),

  replaceRecoveryCodes: (tenant, userId, hashes) =>
    run((journal) => {
      const { users, recoveryCodes } = tablesOf(tables, tenant);
      if (!users.has(userId)) throw new Error("Recovery codes were put for a user who does not exist.");
      journal.set(recoveryCodes, userId, new Set(hashes.map(keyOf)));
      return Effect.void;
    }),

  consumeRecoveryCode: (tenant, userId, hash) =>
    run((journal) => {
      const { recoveryCodes } = tablesOf(tables, tenant);
      const left = new Set(recoveryCodes.get(userId));
      if (!left.delete(keyOf(hash))) return Effect.succeed(false);
      journal.set(recoveryCodes, userId, left);
      return Effect.succeed(true);
    }),

  countRecoveryCodes: (tenant, userId) =>
    run(() => Effect.succeed(tablesOf(tables, tenant).recoveryCodes.get(userId)?.size ?? 0)),
});

const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");

const oldestFirst = (left: StoredSecondFactor, right: StoredSecondFactor): number =>
  left.createdAt.getTime() - right.createdAt.getTime() || compareCodePoints(left.id, right.id);

const copyOf = (factor: StoredSecondFactor): StoredSecondFactor => ({
  ...factor,
  createdAt: new Date(factor.createdAt),
  confirmedAt: factor.confirmedAt === null ? null : new Date(factor.confirmedAt),
  lastUsedAt: factor.lastUsedAt === null ? null : new Date(factor.lastUsedAt),
  secretBox: Uint8Array.from(factor.secretBox),
});
