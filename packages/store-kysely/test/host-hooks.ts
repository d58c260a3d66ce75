import { type ChangeEvent, createMuster, type Hooks, type Muster } from "@muster/core";
import type { Kysely } from "kysely";
import { describe, expect, it } from "vitest";
import type { KyselyTransaction } from "../src/index.ts";
import { type AppTables, authorsOf, controlled, type Host, outboxOf, type WithHost } from "./host.ts";

const password = "correct horse battery";

/** What holds for hooks, and for transactions whose commit is told, on every database. */
export const hostHooks = (withHost: WithHost): void => {
  /** An instance with hooks, and what its `afterCommit` was told of. */
  const withMuster = (
    body: (given: Host & { readonly muster: Muster<KyselyTransaction>; readonly told: string[] }) => Promise<void>,
    hooks: (app: Kysely<AppTables>, muster: () => Muster<KyselyTransaction>) => Hooks<KyselyTransaction> = () => ({}),
  ): Promise<void> =>
    withHost(async (host) => {
      const told: string[] = [];
      const tell = (event: ChangeEvent): void => void told.push(`${event.type} ${event.userId}`);
      const muster: Muster<KyselyTransaction> = await createMuster({
        store: host.store,
        issuer: "https://app.example",
        hooks: { afterCommit: tell, ...hooks(host.app, () => muster) },
      });
      try {
        await body({ ...host, muster, told });
      } finally {
        await muster.close();
      }
    });

  describe("a transaction of the app's that Muster is told of", () => {
    it("is one commit for the app's rows and users, after which the hooks run", () =>
      withMuster(async ({ muster, app, told }) => {
        const jane = await muster.transaction(app.transaction(), async (trx, joined) => {
          const created = await joined.users.create({ id: "jane", username: "jane" });
          await trx.insertInto("posts").values({ authorId: created.id }).execute();
          // The same transaction by the other way in.
          await muster.within(trx).users.replaceTags(created.id, ["new"]);
          await joined.tenant("acme").users.create({ id: "joe", username: "joe" });
          expect(told).toEqual([]);
          return created;
        });
        expect(told).toEqual(["user.created jane", "user.tags_replaced jane", "user.created joe"]);
        expect([(await muster.users.get(jane.id)).tags, await authorsOf(app)]).toEqual([["new"], ["jane"]]);
      }));

    it("rejects with what the app threw, and then nothing happened", () =>
      withMuster(async ({ muster, app, storage, told }) => {
        const problem = new Error("the app changed its mind");
        const failing = muster.transaction(app.transaction(), async (_, joined) => {
          await joined.users.create({ username: "jane" });
          throw problem;
        });
        expect(await failing.catch((error: unknown) => error)).toBe(problem);
        expect([told, (await muster.users.count({}, "exact")).count, await outboxOf(storage)]).toEqual([[], 0, []]);
      }));

    it("tells nothing of what was undone by a savepoint", () =>
      withMuster(async ({ muster, app, storage, told }) => {
        await muster.transaction(controlled(app), async (trx, joined) => {
          await joined.users.create({ id: "jane", username: "jane" });
          const point = await trx.savepoint("here").execute();
          await joined.within(point).users.create({ id: "joe", username: "joe" });
          await joined.users.disable("jane");
          await point.rollbackToSavepoint("here").execute();
          await joined.users.create({ id: "zoe", username: "zoe" });
          await expect(joined.users.create({ username: "zoe" })).rejects.toMatchObject({ _tag: "UsernameTaken" });
        });
        expect([told, await outboxOf(storage)]).toEqual([["user.created jane", "user.created zoe"], []]);
      }));

    it("tells only of the last time, when the app repeats it", () =>
      withMuster(async ({ muster, app, told }) => {
        const twice = {
          execute: async <Result>(body: (trx: KyselyTransaction) => Promise<Result>): Promise<Result> => {
            const first = app.transaction().execute(async (trx) => {
              await body(trx);
              throw new Error("a race was lost");
            });
            await expect(first).rejects.toThrow("lost");
            return app.transaction().execute(body);
          },
        };
        await muster.transaction(twice, async (_, joined) => {
          await joined.users.create({ id: "jane", username: "jane" });
        });
        expect(told).toEqual(["user.created jane"]);
      }));

    it("shuts out whom it disables the moment it is committed, and not before", () =>
      withMuster(async ({ muster, app }) => {
        const jane = await muster.users.create({ username: "jane", password });
        const { accessToken } = await muster.sessions.login({ login: "jane", password });
        await muster.sessions.authenticate(accessToken);
        await muster.transaction(app.transaction(), async (_, joined) => {
          await joined.users.disable(jane.id);
          expect((await muster.sessions.authenticate(accessToken)).userId).toBe(jane.id);
        });
        await expect(muster.sessions.authenticate(accessToken)).rejects.toMatchObject({ _tag: "InvalidToken" });
      }));
  });

  describe("a transaction of the app's that Muster only works within", () => {
    it("is told to the hooks soon after its commit, and never when it is rolled back", () =>
      withMuster(async ({ muster, app, storage, told }) => {
        const rolledBack = app.transaction().execute(async (trx) => {
          await muster.within(trx).users.create({ username: "nobody" });
          throw new Error("the app changed its mind");
        });
        await expect(rolledBack).rejects.toThrow();
        await controlled(app).execute(async (trx) => {
          await muster.within(trx).users.create({ id: "jane", username: "jane" });
          await muster.within(trx).users.replaceTags("jane", ["new"]);
          const point = await trx.savepoint("here").execute();
          await muster.within(point).users.create({ id: "joe", username: "joe" });
          await point.rollbackToSavepoint("here").execute();
        });
        expect(told).toEqual([]);
        await expect.poll(() => told, { timeout: 4_000 }).toEqual(["user.created jane", "user.tags_replaced jane"]);
        expect(await outboxOf(storage)).toHaveLength(2);
      }));

    it("leaves nothing in the outbox when nobody wants to be told", () =>
      withHost(async ({ store, storage, app }) => {
        const muster = await createMuster({ store, issuer: "https://app.example" });
        await app.transaction().execute((trx) => muster.within(trx).users.create({ username: "jane" }));
        await muster.transaction(app.transaction(), (_, joined) => joined.users.create({ username: "joe" }));
        await muster.users.create({ username: "zoe" });
        await muster.close();
        expect(await outboxOf(storage)).toEqual([]);
      }));
  });

  describe("beforeCommit", () => {
    /** Every new user gets a post, written with the app's Kysely in the transaction of the change. */
    const posting = (app: Kysely<AppTables>): Hooks<KyselyTransaction> => ({
      beforeCommit: async ({ type, userId }, { transaction }) => {
        if (type !== "user.created") return;
        const written = await transaction.executeQuery(app.insertInto("posts").values({ authorId: userId }).compile());
        expect(written.numAffectedRows).toBe(1n);
        const mine = app.selectFrom("posts").select("authorId").where("authorId", "=", userId);
        expect((await transaction.executeQuery(mine.compile())).rows).toHaveLength(1);
        if (userId === "joe") throw new Error("not him");
      },
    });

    it("writes the app's rows in Muster's own transaction: both are there or neither", () =>
      withMuster(async ({ muster, app, told }) => {
        await muster.users.create({ id: "jane", username: "jane" });
        await expect(muster.users.create({ id: "joe", username: "joe" })).rejects.toMatchObject({
          _tag: "ChangeRefused",
        });
        expect([await authorsOf(app), told]).toEqual([["jane"], ["user.created jane"]]);
        expect((await muster.users.count({}, "exact")).count).toBe(1);
      }, posting));

    it("writes them in the app's transaction, which a refusal leaves as it was before the call", () =>
      withMuster(async ({ muster, app }) => {
        await app.transaction().execute(async (trx) => {
          await muster.within(trx).users.create({ id: "jane", username: "jane" });
          await expect(muster.within(trx).users.create({ id: "joe", username: "joe" })).rejects.toMatchObject({
            _tag: "ChangeRefused",
          });
          await trx.insertInto("posts").values({ authorId: "somebody" }).execute();
        });
        expect(await authorsOf(app)).toEqual(["jane", "somebody"]);
      }, posting));

    it("may change users in the same transaction, each change with hooks of its own", () =>
      withMuster(
        async ({ muster, app, told }) => {
          await muster.users.create({ id: "jane", username: "jane" });
          await muster.transaction(app.transaction(), (_, joined) =>
            joined.users.create({ id: "joe", username: "joe" }),
          );
          for (const id of ["jane", "joe"]) expect((await muster.users.get(id)).tags).toEqual(["new"]);
          expect(told).toEqual([
            "user.created jane",
            "user.tags_replaced jane",
            "user.created joe",
            "user.tags_replaced joe",
          ]);
        },
        (_, muster) => ({
          beforeCommit: async ({ type, userId }, { transaction }) => {
            if (type === "user.created") await muster().within(transaction).users.replaceTags(userId, ["new"]);
          },
        }),
      ));

    it("cannot keep the transaction for later", () => {
      let kept: KyselyTransaction | undefined;
      return withMuster(
        async ({ muster, app }) => {
          await muster.users.create({ username: "jane" });
          const query = app.insertInto("posts").values({ authorId: "late" }).compile();
          await expect(kept?.executeQuery(query)).rejects.toMatchObject({ reason: "the transaction has ended" });
          expect(await authorsOf(app)).toEqual([]);
        },
        () => ({
          beforeCommit: (_, { transaction }) => {
            kept = transaction;
          },
        }),
      );
    });
  });
};
