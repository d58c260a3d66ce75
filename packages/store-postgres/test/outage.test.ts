import type { Storage } from "@muster/core/ports";
import { aUser, changed } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";
import { type CuttableWay, startProxy } from "./proxy.ts";
import { startServer, type TestServer } from "./server/server.ts";

const everyone = { kind: "all", of: [] } as const;
const newSchema = temporarySchemas(anyDatabase);

const insert = (storage: Storage, id: string) =>
  storage.transact(({ users }) => Effect.asVoid(users.insert("acme", aUser({ id }))));

describe("a connection that breaks", () => {
  let proxy: CuttableWay;
  beforeAll(async () => {
    proxy = await startProxy(await anyDatabase());
  });
  afterAll(() => proxy.close());

  /** Breaks the connection once, at the first thing sent that holds a text; answers how often it was sent. */
  const breaking = async <A>(
    at: string,
    how: "cut before" | "cut after the answer",
    call: (storage: Storage) => Effect.Effect<A, unknown>,
  ) => {
    proxy.watch = () => "pass";
    return Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* postgresStore({ connectionString: proxy.url, schema: newSchema() }).open;
          let times = 0;
          proxy.watch = (sent) => {
            if (!sent.includes(at)) return "pass";
            times += 1;
            return times === 1 ? how : "pass";
          };
          const exit = yield* Effect.exit(call(storage));
          proxy.watch = () => "pass";
          const count = yield* storage.users.count("acme", everyone);
          return { exit, times, count };
        }),
      ),
    );
  };

  it.each(["begin", "muster_user_marks", "muster_user_sign_ins"])(
    "before the commit (at %s) is not noticed by the caller: the transaction is run again",
    async (at) => {
      for (const how of ["cut before", "cut after the answer"] as const) {
        const call = (storage: Storage) =>
          storage.transact(({ users }) => users.insert("acme", aUser({ id: "jane", tags: ["a"] })));
        const { exit, times, count } = await breaking(at, how, call);
        expect(Exit.isSuccess(exit)).toBe(true);
        expect(times).toBeGreaterThan(1);
        expect(count).toBe(1);
      }
    },
  );

  it("while it reads is not noticed either", async () => {
    const { exit, times } = await breaking("muster_users", "cut after the answer", ({ users }) =>
      users.find("acme", "nobody"),
    );
    expect(exit).toEqual(Exit.succeed(Option.none()));
    expect(times).toBe(2);
  });

  it("after the commit was sent leaves the outcome unknown: the call says so and is not repeated", async () => {
    const { exit, times, count } = await breaking("commit", "cut after the answer", (storage) =>
      insert(storage, "jane"),
    );
    expect(exit).toMatchObject({
      _tag: "Failure",
      cause: {
        reasons: [
          {
            error: {
              _tag: "StoreUnavailable",
              retryable: false,
              reason: expect.stringContaining("outcome is unknown"),
            },
          },
        ],
      },
    });
    expect(times).toBe(1);
    expect(count).toBe(1);
  });

  it("each time is given up after three attempts", async () => {
    proxy.watch = () => "pass";
    const outcome = Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* postgresStore({ connectionString: proxy.url, schema: newSchema() }).open;
        let times = 0;
        proxy.watch = (sent) => {
          if (!sent.includes("begin")) return "pass";
          times += 1;
          return "cut before";
        };
        const failure = yield* Effect.flip(insert(storage, "jane"));
        proxy.watch = () => "pass";
        return { failure, times };
      }),
    );
    expect(await Effect.runPromise(outcome)).toMatchObject({
      failure: { _tag: "StoreUnavailable", retryable: true },
      times: 3,
    });
  });
});

describe("a server that crashes under load", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.end());

  it("makes calls fail as unavailable, loses nothing that was acknowledged, and service resumes by itself", async () => {
    const url = server.urlOf("postgres");
    // One pool of our own, and one of a host that did not think of listening for errors.
    const pool = new pg.Pool({ connectionString: url, max: 5 });
    const failures = new Set<string>();
    const acknowledged = new Map<string, number>();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const schema = "crash";
          const storages = [
            yield* postgresStore({ connectionString: url, schema }).open,
            yield* postgresStore({ pool, schema }).open,
          ] as const;
          let isOver = false;
          let resumed = 0;
          const work = Effect.fnUntraced(function* (worker: number) {
            const storage = storages[worker % 2 === 0 ? 0 : 1];
            for (let count = 0; !isOver; count++) {
              const user = aUser({ id: `${worker}/${count}` });
              const exit = yield* Effect.exit(
                Effect.gen(function* () {
                  yield* storage.transact(({ users }) => users.insert("acme", user));
                  acknowledged.set(user.id, 1);
                  yield* storage.transact(({ users }) => users.update("acme", user, changed(user, {})));
                  acknowledged.set(user.id, 2);
                  yield* storage.users.find("acme", user.id);
                }),
              );
              if (Exit.isSuccess(exit)) {
                if (isBack) resumed += 1;
                continue;
              }
              for (const reason of exit.cause.reasons) {
                failures.add(reason._tag === "Fail" ? reason.error._tag : `${reason._tag} ${JSON.stringify(reason)}`);
              }
              yield* Effect.sleep(20);
            }
          });
          let isBack = false;
          const orders = Effect.promise(async () => {
            const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
            for (let round = 0; round < 2; round++) {
              isBack = false;
              await wait(400);
              // More connections than there are workers, so that some are idle when it happens.
              const crowd = storages.flatMap((storage) => Array.from({ length: 12 }, () => storage.check()));
              await Effect.runPromise(Effect.all(crowd, { concurrency: "unbounded" }));
              await server.crash();
              await wait(300);
              await server.start();
              isBack = true;
              resumed = 0;
              for (let patience = 0; resumed < 20 && patience < 100; patience++) await wait(50);
              expect(resumed).toBeGreaterThanOrEqual(20);
            }
            isOver = true;
          });
          const workers = Array.from({ length: 8 }, (_, worker) => work(worker));
          yield* Effect.all([orders, ...workers], { concurrency: "unbounded" });
          for (const [id, version] of acknowledged) {
            const found = Option.getOrUndefined(yield* storages[0].users.find("acme", id));
            expect(found?.version, id).toBeGreaterThanOrEqual(version);
          }
        }),
      ),
    );
    expect(pool.ended).toBe(false);
    await pool.end();
    expect([...failures]).toEqual(["StoreUnavailable"]);
    expect(acknowledged.size).toBeGreaterThan(50);
  });
});
