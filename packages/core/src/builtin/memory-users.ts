import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { EmailTaken, UserIdTaken, UsernameTaken } from "../errors.ts";
import type { UserStore } from "../ports/user-store.ts";
import { legalMoves } from "../user/lifecycle.ts";
import type { User } from "../user/user.ts";
import type { Journal } from "./memory-journal.ts";
import { comparePositions, meets, positionOf } from "./memory-match.ts";
import { type Run, type Tables, type TenantTables, tablesOf } from "./memory-tables.ts";
import { copyOf, identifiersOf, rowOf } from "./memory-user-row.ts";

export const memoryUsers = (tables: Tables, run: Run): UserStore => ({
  find: (tenant, id) =>
    run(() => {
      const row = tablesOf(tables, tenant).users.get(id);
      return Effect.succeed(row === undefined ? Option.none() : Option.some(copyOf(row.user)));
    }),

  findByIdentifier: (tenant, canonical) =>
    run(() => {
      const { users, identifiers } = tablesOf(tables, tenant);
      const row = users.get(identifiers.get(canonical) ?? "");
      return Effect.succeed(row === undefined ? Option.none() : Option.some(copyOf(row.user)));
    }),

  insert: (tenant, user) =>
    run((journal): Effect.Effect<void, UserIdTaken | UsernameTaken | EmailTaken> => {
      const own = tablesOf(tables, tenant);
      if (own.users.has(user.id)) return Effect.fail(new UserIdTaken());
      const taken = takenBySomebodyElse(own, user);
      if (taken !== undefined) return Effect.fail(taken);
      journal.set(own.users, user.id, rowOf(user));
      occupy(own, journal, user);
      return Effect.void;
    }),

  update: (tenant, before, after) =>
    run((journal): Effect.Effect<boolean, UsernameTaken | EmailTaken> => {
      const own = tablesOf(tables, tenant);
      const stored = own.users.get(before.id)?.user;
      if (stored === undefined || stored.version !== before.version) return Effect.succeed(false);
      if (!isLegalMove(stored, after)) throw new Error(`A user cannot move from ${stored.status} to ${after.status}.`);
      const { id, firstLoginAt, lastLoginAt, loginCount } = stored;
      const replacement: User = { ...after, id, firstLoginAt, lastLoginAt, loginCount };
      const taken = takenBySomebodyElse(own, replacement);
      if (taken !== undefined) return Effect.fail(taken);
      vacate(own, journal, stored);
      journal.set(own.users, id, rowOf(replacement));
      occupy(own, journal, replacement);
      return Effect.succeed(true);
    }),

  remove: (tenant, id) =>
    run((journal) => {
      const own = tablesOf(tables, tenant);
      const stored = own.users.get(id)?.user;
      if (stored?.status !== "deleted") return Effect.succeed(false);
      vacate(own, journal, stored);
      journal.remove(own.passwordHashes, id);
      for (const session of [...own.sessions.values()]) {
        if (session.userId === id) journal.remove(own.sessions, session.id);
      }
      for (const [key, { userId }] of [...own.oneTimeTokens]) {
        if (userId === id) journal.remove(own.oneTimeTokens, key);
      }
      for (const [key, { userId }] of [...own.secondFactors]) {
        if (userId === id) journal.remove(own.secondFactors, key);
      }
      journal.remove(own.recoveryCodes, id);
      for (const [key, { userId }] of [...own.invitations]) {
        if (userId === id) journal.remove(own.invitations, key);
      }
      for (const [key, { userId }] of [...own.memberships]) if (userId === id) journal.remove(own.memberships, key);
      for (const [key, grant] of [...own.grants]) {
        if ("userId" in grant && grant.userId === id) journal.remove(own.grants, key);
      }
      journal.remove(own.users, id);
      return Effect.succeed(true);
    }),

  list: (tenant, { where, sortBy, descending, after, offset = 0, limit }) =>
    run(() => {
      const direction = descending ? -1 : 1;
      const found = [];
      for (const row of tablesOf(tables, tenant).users.values()) {
        const position = positionOf(row, sortBy);
        const isBeyond = after === undefined || direction * comparePositions(position, after) > 0;
        if (isBeyond && meets(row, where)) found.push({ row, position });
      }
      found.sort((left, right) => direction * comparePositions(left.position, right.position));
      return Effect.succeed(found.slice(offset, offset + limit).map(({ row }) => copyOf(row.user)));
    }),

  count: (tenant, where, atMost = Number.POSITIVE_INFINITY) =>
    run(() => {
      let count = 0;
      for (const row of tablesOf(tables, tenant).users.values()) {
        if (count >= atMost) break;
        if (meets(row, where)) count++;
      }
      return Effect.succeed(count);
    }),

  hasOtherEnabledAdmin: (tenant, id) =>
    run(() => {
      const rows = [...tablesOf(tables, tenant).users.values()];
      return Effect.succeed(
        rows.some(({ user }) => user.role === "admin" && user.status === "enabled" && user.id !== id),
      );
    }),

  listDeletedBefore: (tenant, before, limit, offset = 0) =>
    run(() => {
      const deleted = [];
      for (const { user } of tablesOf(tables, tenant).users.values()) {
        const key = user.deletedAt?.getTime();
        if (user.status === "deleted" && key !== undefined && key < before.getTime())
          deleted.push({ key, id: user.id });
      }
      deleted.sort(comparePositions);
      return Effect.succeed(deleted.slice(offset, offset + limit).map(({ id }) => id));
    }),

  recordLogin: (tenant, id, at) =>
    run((journal) => {
      const own = tablesOf(tables, tenant);
      const row = own.users.get(id);
      if (row === undefined) return Effect.void;
      const { firstLoginAt, loginCount } = row.user;
      const signIn = { firstLoginAt: firstLoginAt ?? at, lastLoginAt: at, loginCount: loginCount + 1 };
      journal.set(own.users, id, { ...row, user: copyOf({ ...row.user, ...signIn }) });
      return Effect.void;
    }),
});

const takenBySomebodyElse = (own: TenantTables, user: User): UsernameTaken | EmailTaken | undefined => {
  const { username, email } = identifiersOf(user);
  const isTaken = (form: string | null): boolean => form !== null && (own.identifiers.get(form) ?? user.id) !== user.id;
  if (isTaken(username)) return new UsernameTaken();
  return isTaken(email) ? new EmailTaken() : undefined;
};

const occupy = (own: TenantTables, journal: Journal, user: User): void => {
  const { username, email } = identifiersOf(user);
  if (username !== null) journal.set(own.identifiers, username, user.id);
  if (email !== null) journal.set(own.identifiers, email, user.id);
};

const vacate = (own: TenantTables, journal: Journal, user: User): void => {
  const { username, email } = identifiersOf(user);
  if (username !== null) journal.remove(own.identifiers, username);
  if (email !== null) journal.remove(own.identifiers, email);
};

const isLegalMove = (before: User, after: User): boolean =>
  before.status === after.status || legalMoves.some(([from, to]) => from === before.status && to === after.status);
