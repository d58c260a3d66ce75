import { createMuster, LastAdmin } from "@muster/core";
import type { Storage, Stores } from "@muster/core/ports";
import { aGroup, aSession, aUser, changed, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import { Kysely, PostgresDialect, type TransactionBuilder } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KyselyTransaction, postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

/**
 * Muster's own transactions are serialisable, those of a host usually are not: PostgreSQL begins them as
 * `read committed`. What must hold for one user or tenant holds in them all the same.
 */
const newSchema = temporarySchemas(anyDatabase);
const resources = Scope.makeUnsafe();
let storage: Storage<KyselyTransaction>;
let app: Kysely<object>;
let store: ReturnType<typeof postgresStore>;

beforeAll(async () => {
  const pool = new pg.Pool({ connectionString: await anyDatabase(), max: 16 });
  app = new Kysely<object>({ dialect: new PostgresDialect({ pool }) });
  store = postgresStore({ pool, schema: newSchema() });
  storage = await Effect.runPromise(Scope.provide(store.open, resources));
});

afterAll(async () => {
  await Effect.runPromise(Scope.close(resources, Exit.void));
  await app.destroy();
});

type Level = Parameters<TransactionBuilder<unknown>["setIsolationLevel"]>[0];
type Kind = Level | "Muster's own";

/** What became of a transaction of the host's, or of one of Muster's own, which is repeated when it lost a race. */
const outcomeOf = <E extends { readonly _tag: string }>(
  kind: Kind,
  body: (stores: Stores) => Effect.Effect<unknown, E>,
): Promise<string> => {
  const ended = (on: Storage) =>
    Effect.runPromise(
      Effect.match(on.transact(body), { onFailure: ({ _tag }): string => _tag, onSuccess: () => "done" }),
    );
  if (kind === "Muster's own") return ended(storage);
  return app
    .transaction()
    .setIsolationLevel(kind)
    .execute((trx) => ended(storage.within(trx)))
    .catch((error: unknown) => {
      // The host's own commit, which is the host's to repeat.
      if (error instanceof pg.DatabaseError && error.code === "40001") return "40001";
      throw error;
    });
};

const pairs: readonly (readonly [Kind, Kind])[] = [
  ["read committed", "read committed"],
  ["read committed", "Muster's own"],
  ["Muster's own", "read committed"],
  ["read committed", "repeatable read"],
  ["repeatable read", "read committed"],
  ["repeatable read", "Muster's own"],
  ["serializable", "Muster's own"],
];
/** So long after the first one begins the second one: before its first write, between its writes, and before its end. */
const delays = [0, 15, 40];
const pause = Effect.sleep(20);

let tenants = 0;
const inNewTenants = async (scenario: (tenant: string, delay: number) => Promise<void>): Promise<void> => {
  const scenarios = delays.map((delay) => {
    tenants += 1;
    return scenario(`tenant-${tenants}`, delay);
  });
  await Promise.all(scenarios);
};

const later = (delay: number, begin: () => Promise<string>): Promise<string> =>
  new Promise<void>((resolve) => setTimeout(resolve, delay)).then(begin);

describe.each(pairs)("a transaction that is '%s', and then one that is '%s':", (first, second) => {
  it("two admins who are disabled at once are never both disabled", () =>
    inNewTenants(async (tenant, delay) => {
      const admins = [aUser({ role: "admin" }), aUser({ role: "admin" })] as const;
      await Effect.runPromise(
        storage.transact(({ users }) => Effect.forEach(admins, (admin) => users.insert(tenant, admin))),
      );
      const disable = (admin: ReturnType<typeof aUser>) =>
        Effect.fnUntraced(function* ({ users }: Stores) {
          yield* users.find(tenant, admin.id);
          yield* pause;
          if (!(yield* users.hasOtherEnabledAdmin(tenant, admin.id))) return yield* new LastAdmin();
          yield* pause;
          return yield* users.update(tenant, admin, changed(admin, { status: "disabled" }));
        });
      const ended = await Promise.all([
        outcomeOf(first, disable(admins[0])),
        later(delay, () => outcomeOf(second, disable(admins[1]))),
      ]);
      expect(ended.toSorted((one) => (one === "done" ? 1 : -1))).toEqual([
        expect.stringMatching(/LastAdmin|StoreUnavailable|40001/),
        "done",
      ]);
      expect(await Effect.runPromise(storage.users.hasOtherEnabledAdmin(tenant, "nobody"))).toBe(true);
    }));

  it("two groups that are moved below each other at once are never both moved", () =>
    inNewTenants(async (tenant, delay) => {
      const [left, right] = [aGroup(), aGroup()];
      await Effect.runPromise(
        storage.transact(({ groups }) => Effect.forEach([left, right], (group) => groups.insert(tenant, group, 20))),
      );
      const move = (group: typeof left, parentId: string) =>
        Effect.fnUntraced(function* ({ groups }: Stores) {
          yield* groups.listAncestors(tenant, parentId);
          yield* pause;
          yield* groups.move(tenant, group, { ...group, parentId, version: 2 }, 20);
          yield* pause;
        });
      const ended = await Promise.all([
        outcomeOf(first, move(left, right.id)),
        later(delay, () => outcomeOf(second, move(right, left.id))),
      ]);
      expect(ended.toSorted((one) => (one === "done" ? 1 : -1))).toEqual([
        expect.stringMatching(/GroupCycle|StoreUnavailable|40001/),
        "done",
      ]);
    }));

  const jane = aUser({ id: "jane" });
  const login = (tenant: string) =>
    Effect.fnUntraced(function* ({ users, sessions }: Stores) {
      yield* users.find(tenant, jane.id);
      yield* pause;
      const isOpen = yield* sessions.insert(tenant, aSession(jane.id), "hash");
      yield* pause;
      if (isOpen) yield* users.recordLogin(tenant, jane.id, moment());
    });
  const disabling = (tenant: string) =>
    Effect.fnUntraced(function* ({ users, sessions }: Stores) {
      yield* users.find(tenant, jane.id);
      yield* pause;
      yield* users.update(tenant, jane, changed(jane, { status: "disabled" }));
      yield* pause;
      yield* sessions.revokeAll(tenant, jane.id, moment(1));
    });
  const changingPassword = (tenant: string) =>
    Effect.fnUntraced(function* ({ users, credentials, sessions }: Stores) {
      yield* users.find(tenant, jane.id);
      yield* pause;
      yield* credentials.put(tenant, jane.id, "another hash", moment());
      yield* users.update(tenant, jane, changed(jane, {}));
      yield* pause;
      yield* sessions.revokeAll(tenant, jane.id, moment(1));
    });

  it.each([
    ["is disabled during", disabling],
    ["gets another password during", changingPassword],
  ])("a user who %s a login is left without a session", (_, change) =>
    inNewTenants(async (tenant, delay) => {
      for (const isLoginFirst of [true, false]) {
        const own = `${tenant}-${isLoginFirst}`;
        await Effect.runPromise(
          storage.transact(({ users, credentials }) =>
            Effect.andThen(users.insert(own, jane), credentials.put(own, jane.id, "hash", moment())),
          ),
        );
        const [one, other] = isLoginFirst ? [login(own), change(own)] : [change(own), login(own)];
        const ended = await Promise.all([outcomeOf(first, one), later(delay, () => outcomeOf(second, other))]);
        const sessions = await Effect.runPromise(storage.sessions.list(own, jane.id, moment(), 9));
        // A change that lost the race is repeated by the host, and then ends what was opened.
        if (ended[isLoginFirst ? 1 : 0] === "done") expect(sessions, `${ended} ${isLoginFirst} ${delay}`).toEqual([]);
        expect(ended).toContain("done");
      }
    }),
  );
});

describe("a host's transaction that lost a race", () => {
  it("says that the whole of it is to be repeated, and can be read from until its end", async () => {
    const muster = await createMuster({ store, issuer: "https://app.example" });
    const jane = await muster.users.create({ username: "jane" });
    const failure = await app
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute(async (trx) => {
        const inside = muster.within(trx);
        await inside.users.get(jane.id);
        await muster.users.update(jane.id, { firstName: "Jane" });
        const error: unknown = await inside.users
          .update(jane.id, { lastName: "Doe" })
          .catch((reason: unknown) => reason);
        expect((await inside.users.get(jane.id)).firstName).toBeNull();
        return error;
      });
    await muster.close();
    expect(failure).toMatchObject({
      _tag: "StoreUnavailable",
      retryable: true,
      reason: "another transaction was in the way: roll yours back and repeat the whole of it",
    });
  });
});
