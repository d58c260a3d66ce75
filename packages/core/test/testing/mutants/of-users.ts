import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { UsernameTaken } from "../../../src/errors.ts";
import { canonicalUsername } from "../../../src/kernel/text.ts";
import { moment } from "../../../src/testing/index.ts";
import { everyone } from "../../../src/user/user-condition.ts";
import { type Mutant, renamed, withoutTransactions, withUsers } from "./faulty.ts";

export const mutantsOfUsers: readonly Mutant[] = [
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
    fault: "a username is looked up, then taken",
    module: () =>
      withoutTransactions(
        withUsers((users) => ({
          insert: Effect.fnUntraced(function* (tenant, user) {
            const canonical = canonicalUsername(user.username ?? "") ?? "";
            if (Option.isSome(yield* users.findByIdentifier(tenant, canonical))) return yield* new UsernameTaken();
            yield* Effect.yieldNow;
            yield* Effect.catchTag(users.insert(tenant, user), "UsernameTaken", () =>
              users.insert(tenant, renamed(user)),
            );
          }),
        })),
      ),
    broken: "of 50 callers who insert one username exactly one succeeds",
  },
  {
    fault: "instants drift by the hours of a timezone",
    module: () =>
      withUsers((users) => ({
        insert: (tenant, user) =>
          users.insert(tenant, { ...user, createdAt: new Date(user.createdAt.getTime() + 2 * 3_600_000) }),
      })),
    broken: "a user comes back as inserted, in every field",
  },
  {
    fault: "instants are kept in whole seconds",
    module: () =>
      withUsers((users) => ({
        recordLogin: (tenant, id, at) =>
          users.recordLogin(tenant, id, new Date(Math.floor(at.getTime() / 1000) * 1000)),
      })),
    broken: "a login is counted without a new version",
  },
  {
    fault: "ids are found in any case",
    module: () =>
      withUsers((users) => ({
        find: (tenant, id) =>
          Effect.flatMap(users.find(tenant, id), (found) =>
            Option.isSome(found) ? Effect.succeed(found) : users.find(tenant, id.toLowerCase()),
          ),
      })),
    broken: "ids differ by case",
  },
  {
    fault: "an enabled user can be removed",
    module: () =>
      withUsers((users) => ({
        remove: Effect.fnUntraced(function* (tenant, id) {
          const found = Option.getOrUndefined(yield* users.find(tenant, id));
          if (found?.status === "enabled") {
            const after = { ...found, status: "deleted", deletedAt: moment(), version: found.version + 1 } as const;
            yield* Effect.orDie(users.update(tenant, found, after));
          }
          return yield* users.remove(tenant, id);
        }),
      })),
    broken: "only a deleted user is removed",
  },
  {
    fault: "a removed user stays",
    module: () =>
      withUsers((users) => ({
        remove: (tenant, id) =>
          Effect.map(users.find(tenant, id), (found) => Option.getOrUndefined(found)?.status === "deleted"),
      })),
    broken: "a removed user leaves nothing behind",
  },
  {
    fault: "an illegal move is passed over in silence",
    module: () =>
      withUsers((users) => ({
        update: (tenant, before, after) =>
          Effect.catchDefect(users.update(tenant, before, after), () => Effect.succeed(false)),
      })),
    broken: "a move from deleted to enabled is a defect and changes nothing",
  },
  {
    fault: "a user is found from every tenant",
    module: () =>
      withUsers((users) => ({
        find: (tenant, id) =>
          Effect.flatMap(users.find(tenant, id), (found) =>
            Option.isSome(found) ? Effect.succeed(found) : users.find("acme", id),
          ),
      })),
    broken: "another tenant sees nothing of a user and may use the same id",
  },
  {
    fault: "a disabled admin counts as another enabled one",
    module: () =>
      withUsers((users) => ({
        hasOtherEnabledAdmin: Effect.fnUntraced(function* (tenant, id) {
          const all = { where: everyone, sortBy: "createdAt", descending: false, limit: 1000 } as const;
          const found = yield* users.list(tenant, all);
          return found.some((user) => user.role === "admin" && user.id !== id);
        }),
      })),
    broken: "another enabled admin is one who is an admin, enabled, somebody else and of the tenant",
  },
  {
    fault: "those to be purged come newest first",
    module: () =>
      withUsers((users) => ({
        listDeletedBefore: (tenant, before, limit, offset) =>
          Effect.map(users.listDeletedBefore(tenant, before, limit, offset), (ids) => ids.toReversed()),
      })),
    broken: "those deleted before an instant are listed oldest first, ties by id",
  },
  {
    fault: "nobody is passed over among those to be purged",
    module: () =>
      withUsers((users) => ({
        listDeletedBefore: (tenant, before, limit) => users.listDeletedBefore(tenant, before, limit),
      })),
    broken: "those deleted before an instant are listed oldest first, ties by id",
  },
];
