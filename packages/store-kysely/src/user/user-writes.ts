import { EmailTaken, type User, UserIdTaken, UsernameTaken, UserReferenced, type UserStore } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor } from "../executor.ts";
import { distinctForms, identifiersOf } from "./identifiers.ts";
import { marksOf } from "./marks.ts";
import { searchKeysOf, type UserValues, userOf, valuesOf } from "./user-row.ts";
import { writeQueries } from "./write-queries.ts";

type UserWrites = Pick<UserStore, "insert" | "update" | "remove">;

/**
 * A user is written to five tables in one transaction. What can be refused comes first and is taken back when it is, so
 * that a refused call leaves nothing behind in a transaction that goes on. (Savepoints would do the same, at the price
 * of writing out SQLite's search index at each of them.)
 */
export const userWrites = (db: Builder, dialect: Dialect): ((executor: Executor) => UserWrites) => {
  const queries = writeQueries(db, dialect);

  /** All of these forms, or none of them and the error of the one that was taken. */
  const occupy = Effect.fnUntraced(function* (
    tx: Executor,
    tenant: string,
    userSeq: number,
    user: User,
    forms: readonly string[],
  ) {
    if (forms.length === 0) return;
    const added = yield* tx.all(queries.addIdentifiers({ tenant, userSeq, forms: JSON.stringify(forms) }));
    if (added.length === forms.length) return;
    const ours = added.map(({ canonical }) => canonical);
    yield* vacate(tx, tenant, ours);
    const { username } = identifiersOf(user);
    return yield* username !== null && missing(forms, ours).includes(username) ? new UsernameTaken() : new EmailTaken();
  });

  const vacate = (tx: Executor, tenant: string, forms: readonly string[]) =>
    Effect.forEach(forms, (canonical) => tx.run(queries.removeIdentifier({ tenant, canonical })), { discard: true });

  const addMarks = (tx: Executor, tenant: string, userSeq: number, user: User, marks: readonly string[]) =>
    marks.length === 0
      ? Effect.void
      : tx.run(
          queries.addMarks({
            tenant,
            userSeq,
            userId: user.id,
            createdAt: user.createdAt.getTime(),
            marks: JSON.stringify(marks),
          }),
        );

  const removeMarks = (tx: Executor, tenant: string, user: User, marks: readonly string[]) =>
    marks.length === 0
      ? Effect.void
      : tx.run(
          queries.removeMarks({
            tenant,
            userId: user.id,
            createdAt: user.createdAt.getTime(),
            marks: JSON.stringify(marks),
          }),
        );

  const keepSearch = (tx: Executor, userSeq: number, before: User | undefined, after: User | undefined) =>
    Effect.forEach(
      dialect.search.keep(userSeq, before && searchKeysOf(before), after && searchKeysOf(after)),
      (statement) => tx.run(statement),
      { discard: true },
    );

  const insert = Effect.fnUntraced(function* (tx: Executor, tenant: string, user: User) {
    const row = yield* tx.first(queries.insertUser({ tenant, id: user.id, ...valuesOf(user) }));
    if (row === undefined) return yield* new UserIdTaken();
    const userSeq = Number(row.seq);
    yield* occupy(tx, tenant, userSeq, user, distinctForms(identifiersOf(user))).pipe(
      Effect.tapError(() => tx.run(queries.removeUser({ tenant, userSeq }))),
    );
    yield* tx.run(
      queries.insertSignIns({
        tenant,
        userSeq,
        userId: user.id,
        firstLoginAt: user.firstLoginAt?.getTime() ?? null,
        lastLoginAt: user.lastLoginAt?.getTime() ?? null,
        loginCount: user.loginCount,
      }),
    );
    yield* addMarks(tx, tenant, userSeq, user, [...marksOf(user)]);
    yield* keepSearch(tx, userSeq, undefined, user);
  });

  const update = Effect.fnUntraced(function* (tx: Executor, tenant: string, before: User, given: User) {
    const after = { ...given, id: before.id };
    const changes = differing(valuesOf(before), valuesOf(after));
    const [hadForms, hasForms] = [distinctForms(identifiersOf(before)), distinctForms(identifiersOf(after))];
    const [dropped, added] = [missing(hadForms, hasForms), missing(hasForms, hadForms)];
    if (dropped.length + added.length > 0) {
      const current = yield* tx.first(queries.findVersion({ tenant, id: before.id, version: before.version }));
      if (current === undefined) return false;
      yield* occupy(tx, tenant, Number(current.seq), after, added);
      yield* vacate(tx, tenant, dropped);
    }
    const row = yield* tx.first(queries.updateUser(tenant, before, { ...changes, version: after.version }));
    if (row === undefined) return false;
    const userSeq = Number(row.seq);
    const [had, has] = [[...marksOf(before)], [...marksOf(after)]];
    const isMoved = before.createdAt.getTime() !== after.createdAt.getTime();
    yield* removeMarks(tx, tenant, before, isMoved ? had : missing(had, has));
    yield* addMarks(tx, tenant, userSeq, after, isMoved ? has : missing(has, had));
    if (Object.keys(changes).some((column) => column.endsWith("_key"))) yield* keepSearch(tx, userSeq, before, after);
    return true;
  });

  const remove = Effect.fnUntraced(function* (tx: Executor, tenant: string, id: string) {
    const row = yield* tx.first(queries.findDeleted({ tenant, id }));
    if (row === undefined) return false;
    const user = userOf(row);
    const userSeq = Number(row.seq);
    yield* removeMarks(tx, tenant, user, [...marksOf(user)]);
    yield* vacate(tx, tenant, distinctForms(identifiersOf(user)));
    yield* keepSearch(tx, userSeq, user, undefined);
    for (const query of [queries.removeSessions, queries.removeCredentials])
      yield* tx.run(query({ tenant, userId: id }));
    yield* Effect.catchDefect(tx.run(queries.removeUser({ tenant, userSeq })), (defect) =>
      dialect.isReferenced(defect) ? Effect.fail(new UserReferenced()) : Effect.die(defect),
    );
    yield* tx.run(queries.removeSignIns({ tenant, userSeq }));
    return true;
  });

  return (executor) => ({
    insert: (tenant, user) => executor.atomically((tx) => insert(tx, tenant, user)),
    update: (tenant, before, after) => executor.atomically((tx) => update(tx, tenant, before, after)),
    remove: (tenant, id) => executor.atomically((tx) => remove(tx, tenant, id)),
  });
};

const differing = (before: UserValues, after: UserValues): Partial<UserValues> =>
  Object.fromEntries(Object.entries(after).filter(([column, value]) => before[column as keyof UserValues] !== value));

const missing = (wanted: readonly string[], known: readonly string[]): readonly string[] => {
  const have = new Set(known);
  return wanted.filter((item) => !have.has(item));
};
