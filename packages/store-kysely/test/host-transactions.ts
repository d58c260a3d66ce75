import type { Storage } from "@muster/core/ports";
import { anAuditEvent, aSession, aUser, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import type { KyselyTransaction } from "../src/index.ts";
import { authorsOf, controlled, insert, isThere, jane, type WithHost } from "./host.ts";

/** What holds within a host's own transaction, on every database. */
export const hostTransactions = (withHost: WithHost): void => {
  describe("within the app's own transaction", () => {
    it("a user and the app's rows are committed together", () =>
      withHost(async ({ storage, app }) => {
        await app.transaction().execute(async (trx) => {
          await trx.insertInto("posts").values({ authorId: "jane" }).execute();
          const inside = storage.within(trx);
          await Effect.runPromise(insert(inside));
          expect(await isThere(inside)).toBe(true);
          expect(await isThere(storage)).toBe(false);
        });
        expect([await isThere(storage), await authorsOf(app)]).toEqual([true, ["jane"]]);
      }));

    it("a user goes with the app's rows when it rolls back", () =>
      withHost(async ({ storage, app }) => {
        const failing = app.transaction().execute(async (trx) => {
          await trx.insertInto("posts").values({ authorId: "jane" }).execute();
          await Effect.runPromise(insert(storage.within(trx)));
          throw new Error("the app changed its mind");
        });
        await expect(failing).rejects.toThrow("changed its mind");
        expect([await isThere(storage), await authorsOf(app)]).toEqual([false, []]);
      }));

    it.each([
      ["a username that is taken", { username: "jane" }],
      ["a broken constraint", { version: 0 }],
    ])("a call that fails of %s leaves the transaction as it was, and it can go on", (_, broken) =>
      withHost(async ({ storage, app }) => {
        await app.transaction().execute(async (trx) => {
          const inside = storage.within(trx);
          await Effect.runPromise(insert(inside));
          const call = inside.transact(({ users }) =>
            Effect.andThen(users.insert("acme", aUser({ id: "joe" })), users.insert("acme", aUser(broken))),
          );
          expect((await Effect.runPromiseExit(call))._tag).toBe("Failure");
          expect(await isThere(inside, "joe")).toBe(false);
          await trx.insertInto("posts").values({ authorId: "jane" }).execute();
        });
        expect([await isThere(storage), await authorsOf(app)]).toEqual([true, ["jane"]]);
      }),
    );

    it("calls made at the same time take turns, whichever of the app's objects for the transaction they join", () =>
      withHost(async ({ storage, app }) => {
        const users = Array.from({ length: 20 }, (_, number) => aUser({ id: `u${number}` }));
        const outcomes = await controlled(app).execute(async (trx) => {
          const point = await trx.savepoint("here").execute();
          const doors = [trx, point, trx.withoutPlugins()].map((each) => storage.within(each));
          const calls = [...users, ...users].map((user, number) =>
            Effect.runPromise(Effect.isSuccess(insert(doors[number % doors.length] ?? storage, user))),
          );
          return Promise.all(calls);
        });
        expect(outcomes.filter((isSuccess) => isSuccess)).toHaveLength(20);
        expect(await Effect.runPromise(storage.users.count("acme", { kind: "all", of: [] }))).toBe(20);
      }));

    it("the app's own savepoints undo what was done since, and no more", () =>
      withHost(async ({ storage, app }) => {
        await controlled(app).execute(async (trx) => {
          await Effect.runPromise(insert(storage.within(trx)));
          const outer = await trx.savepoint("outer").execute();
          await Effect.runPromise(insert(storage.within(outer), aUser({ id: "joe" })));
          const inner = await outer.savepoint("inner").execute();
          await Effect.runPromise(insert(storage.within(inner), aUser({ id: "ann" })));
          const afterInner = await inner.rollbackToSavepoint("inner").execute();
          expect([await isThere(storage.within(trx), "ann"), await isThere(storage.within(trx), "joe")]).toEqual([
            false,
            true,
          ]);
          await afterInner.releaseSavepoint("inner").execute();
          const last = await outer.savepoint("last").execute();
          await Effect.runPromise(insert(storage.within(last), aUser({ id: "eve" })));
          await last.releaseSavepoint("last").execute();
          // A call that failed in between has left the app's savepoints alone.
          expect((await Effect.runPromiseExit(insert(storage.within(outer))))._tag).toBe("Failure");
          await outer.rollbackToSavepoint("outer").execute();
          await Effect.runPromise(insert(storage.within(trx), aUser({ id: "zoe" })));
        });
        const found = await Promise.all(["jane", "joe", "ann", "eve", "zoe"].map((id) => isThere(storage, id)));
        expect(found).toEqual([true, false, false, false, true]);
      }));

    it("everything reads as outside, whatever the app's driver makes of integers and JSON", () =>
      withHost(async ({ storage, app }) => {
        const early = aUser({ id: "early", updatedAt: new Date(999), tags: ["a"] });
        const read = Effect.fnUntraced(function* (from: Storage<KyselyTransaction>) {
          const where = { kind: "tags", match: "all", tags: ["a"] } as const;
          const part = { kind: "json", field: "metadata", part: { team: "blue" } } as const;
          const search = { kind: "search", fields: ["username"], text: "jan" } as const;
          return {
            user: yield* from.users.find("acme", "jane"),
            list: yield* from.users.list("acme", { where, sortBy: "updatedAt", descending: false, limit: 5 }),
            blue: yield* from.users.list("acme", { where: part, sortBy: "username", descending: false, limit: 5 }),
            page: yield* from.users.list("acme", { where: search, sortBy: "createdAt", descending: true, limit: 1 }),
            count: yield* from.users.count("acme", where),
            sessions: yield* from.sessions.list("acme", "jane", moment(), 10),
            audit: yield* from.audit.list("acme", { limit: 5 }),
            outbox: yield* from.outbox.list("acme", { limit: 5 }),
            feed: yield* from.accessChanges.since(0),
          };
        });
        const inside = await app.transaction().execute((trx) =>
          Effect.runPromise(
            Effect.gen(function* () {
              const within = storage.within(trx);
              yield* within.transact(({ users, credentials, sessions, audit, accessChanges, outbox }) =>
                Effect.gen(function* () {
                  for (const user of [jane, early]) yield* users.insert("acme", user);
                  yield* credentials.put("acme", "jane", "hash", moment());
                  yield* sessions.insert("acme", aSession("jane"), "hash");
                  yield* audit.append("acme", anAuditEvent({ changes: ["username"] }));
                  yield* accessChanges.append({ tenant: "acme", userId: "jane" }, moment());
                  const entry = { id: "1", topic: "mail", userId: "jane", payload: { box: [1] } };
                  yield* outbox.append("acme", { ...entry, createdAt: moment(1), availableAt: moment(2) });
                }),
              );
              return yield* read(within);
            }),
          ),
        );
        expect(inside.list.map(({ id }) => id)).toEqual(["early", "jane"]);
        expect([inside.blue, inside.page].map((users) => users.map(({ id }) => id))).toEqual([["jane"], ["jane"]]);
        expect(inside).toEqual(await Effect.runPromise(read(storage)));
      }));
  });

  describe("what is no open transaction on the database of Muster is refused in one sentence:", () => {
    const sentence = (how: string) => `What was given to within() ${how}: it takes a transaction of your Kysely`;
    const failureOf = (call: Promise<unknown>) =>
      call.then(
        () => expect.fail("It was not refused."),
        (error: unknown) => error,
      );

    it("a Kysely that is none", () =>
      withHost(async ({ storage, app }) => {
        // @ts-expect-error its statements would run on any connection
        expect(() => storage.within(app)).toThrow(sentence("is no transaction of Kysely"));
        // @ts-expect-error nothing at all
        expect(() => storage.within(undefined)).toThrow(sentence("is no transaction of Kysely"));
      }));

    it("one that has ended", () =>
      withHost(async ({ storage, app }) => {
        const committed = await app.transaction().execute((trx) => Promise.resolve(trx));
        const rolledBack = await app.startTransaction().execute();
        await rolledBack.rollback().execute();
        for (const ended of [committed, rolledBack]) {
          for (const call of [insert(storage.within(ended)), storage.within(ended).users.find("acme", "jane")]) {
            expect(await failureOf(Effect.runPromise(call))).toMatchObject({
              _tag: "InvalidConfiguration",
              message: expect.stringContaining(sentence("has ended")),
            });
          }
        }
        expect(await isThere(storage)).toBe(false);
      }));

    it("one on another database", () =>
      withHost(async ({ storage, elsewhere }) => {
        for (const call of [insert, (inside: Storage<KyselyTransaction>) => inside.users.find("acme", "jane")]) {
          const failing = elsewhere
            .transaction()
            .execute((trx) => Effect.runPromise<unknown, unknown>(call(storage.within(trx))));
          expect(await failureOf(failing)).toMatchObject({
            _tag: "InvalidConfiguration",
            message: expect.stringContaining(sentence("is of a database without Muster's tables")),
          });
        }
      }));
  });
};
