import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { Storage, StoreModule, Stores } from "../../src/ports/storage.ts";
import { placeOf } from "../../src/testing/index.ts";
import type { User } from "../../src/user/user.ts";

/** The in-memory store with one fault, inside transactions and outside. */
const withFault = (fault: (stores: Stores) => Stores): StoreModule => {
  const { name, open } = memoryStore();
  const faulty = (storage: Storage): Storage => ({
    ...storage,
    ...fault(storage),
    transact: (body) => storage.transact((stores) => body(fault(stores))),
  });
  return { name, open: Effect.map(open, faulty) };
};

const withUsers = (fault: (users: Stores["users"]) => Partial<Stores["users"]>): StoreModule =>
  withFault((stores) => ({ ...stores, users: { ...stores.users, ...fault(stores.users) } }));

const withSessions = (fault: (stores: Stores) => Partial<Stores["sessions"]>): StoreModule =>
  withFault((stores) => ({ ...stores, sessions: { ...stores.sessions, ...fault(stores) } }));

/** Every call is committed by itself. */
const withoutTransactions = (module: StoreModule): StoreModule => ({
  ...module,
  open: Effect.map(module.open, (storage): Storage => ({ ...storage, transact: (body) => body(storage) })),
});

/** Reads outside see what a transaction in flight has written. */
const readingUncommitted = (): StoreModule => {
  const { name, open } = memoryStore();
  const leaky = (storage: Storage): Storage => {
    let inFlight: Stores | undefined;
    const list: Stores["users"]["list"] = (tenant, selection) =>
      Effect.suspend(() => (inFlight ?? storage).users.list(tenant, selection));
    return {
      ...storage,
      users: { ...storage.users, list },
      transact: (body) =>
        storage.transact((stores) =>
          Effect.suspend(() => {
            inFlight = stores;
            return Effect.ensuring(
              body(stores),
              Effect.sync(() => {
                inFlight = undefined;
              }),
            );
          }),
        ),
    };
  };
  return { name, open: Effect.map(open, leaky) };
};

const renamed = (user: User): User => ({ ...user, username: `no longer ${user.id}`, email: null });

/** A fault, and a case of the contract that it breaks. */
export interface Mutant {
  readonly fault: string;
  readonly module: () => StoreModule;
  readonly broken: string;
}

export const mutants: readonly Mutant[] = [
  {
    fault: "an update does not look at the version",
    module: () =>
      withUsers((users) => ({
        update: Effect.fnUntraced(function* (tenant, before, after) {
          const stored = yield* users.find(tenant, before.id);
          return yield* users.update(
            tenant,
            Option.getOrElse(stored, () => before),
            after,
          );
        }),
      })),
    broken: "of 50 callers who update one version exactly one succeeds",
  },
  {
    fault: "an update counts as a login",
    module: () =>
      withUsers((users) => ({
        update: Effect.fnUntraced(function* (tenant, before, after) {
          const isDone = yield* users.update(tenant, before, after);
          if (after.loginCount === 0) yield* users.recordLogin(tenant, before.id, after.createdAt);
          return isDone;
        }),
      })),
    broken: "a login between reading and writing a user does not get lost",
  },
  {
    fault: "a token is rotated by reading, then writing",
    module: () =>
      withoutTransactions(
        withSessions(({ sessions }) => ({
          rotate: Effect.fnUntraced(function* (tenant, rotation) {
            const hash = Effect.map(
              sessions.find(tenant, rotation.sessionId),
              (found) => Option.getOrThrow(found).refreshHash,
            );
            if (Buffer.compare(yield* hash, rotation.presentedHash) !== 0) return false;
            yield* Effect.yieldNow;
            return yield* sessions.rotate(tenant, { ...rotation, presentedHash: yield* hash });
          }),
        })),
      ),
    broken: "of 50 callers who rotate one token exactly one succeeds",
  },
  {
    fault: "a session is opened whatever the password is by now",
    module: () =>
      withSessions(({ sessions, credentials }) => ({
        insert: Effect.fnUntraced(function* (tenant, session, hash) {
          const current = yield* credentials.find(tenant, session.userId);
          return yield* sessions.insert(
            tenant,
            session,
            Option.getOrElse(current, () => hash),
          );
        }),
      })),
    broken: "a session is refused when the password changed meanwhile",
  },
  {
    fault: "an email may be taken twice",
    module: () =>
      withUsers((users) => ({
        insert: (tenant, user) =>
          Effect.catchTag(users.insert(tenant, user), "EmailTaken", () => users.insert(tenant, renamed(user))),
      })),
    broken: "of 50 callers who insert one email exactly one succeeds",
  },
  {
    fault: "names are folded by lower-casing alone",
    module: () =>
      withUsers((users) => ({
        insert: (tenant, user) =>
          Effect.catchTag(users.insert(tenant, user), "UsernameTaken", (error) =>
            /^[\x20-\x7e]*$/.test(user.username ?? "") ? Effect.fail(error) : users.insert(tenant, renamed(user)),
          ),
      })),
    broken: "a full-width username is refused, on insert and on update",
  },
  {
    fault: "a list goes on behind all ties of its place",
    module: () =>
      withUsers((users) => ({
        list: (tenant, selection) =>
          Effect.map(users.list(tenant, selection), (page) =>
            page.filter((user) => placeOf(user, selection.sortBy).key !== selection.after?.key),
          ),
      })),
    broken: "a walk by firstName meets every user once, both ways, ties or not",
  },
  {
    fault: "texts are ordered by UTF-16",
    module: () =>
      withUsers((users) => ({
        list: (tenant, selection) =>
          Effect.map(users.list(tenant, selection), (page) =>
            page.toSorted((left, right) => ((left.lastName ?? "") < (right.lastName ?? "") ? -1 : 1)),
          ),
      })),
    broken: "characters of every plane come back and sort by code point",
  },
  {
    fault: "a percent sign is a wildcard",
    module: () =>
      withUsers((users) => ({
        list: (tenant, { where, ...rest }) =>
          users.list(tenant, {
            ...rest,
            where:
              where.kind === "contains" && where.text.includes("%")
                ? { ...where, text: where.text.split("%")[0] ?? "" }
                : where,
          }),
      })),
    broken: "a list finds a percent sign as no wildcard",
  },
  {
    fault: "the rows of a failed transaction stay",
    module: () => withoutTransactions(memoryStore()),
    broken: "a transaction whose body fails leaves no trace in any store",
  },
  {
    fault: "the rows of an interrupted transaction stay",
    module: () => withoutTransactions(memoryStore()),
    broken: "50 transactions interrupted at any moment leave all of their writes or none",
  },
  {
    fault: "the last admins are counted outside the transaction",
    module: () => withoutTransactions(memoryStore()),
    broken: "two transactions that take away the last two admins cannot both succeed",
  },
  {
    fault: "readers see what is not committed",
    module: readingUncommitted,
    broken: "nobody outside sees a transaction that ends in a failure",
  },
  {
    fault: "the audit log is listed oldest first",
    module: () =>
      withFault((stores) => ({
        ...stores,
        audit: {
          ...stores.audit,
          list: (tenant, selection) =>
            Effect.map(stores.audit.list(tenant, selection), (events) => events.toReversed()),
        },
      })),
    broken: "events are listed newest first by id, in whatever order they came",
  },
  {
    fault: "nobody is told of pruned changes",
    module: () =>
      withFault((stores) => ({
        ...stores,
        accessChanges: {
          ...stores.accessChanges,
          since: (cursor) => Effect.map(stores.accessChanges.since(cursor), (page) => ({ ...page, gap: false })),
        },
      })),
    broken: "a reader that missed pruned entries is told of the gap",
  },
];
