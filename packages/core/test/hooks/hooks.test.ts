import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { type ChangeEvent, ChangeRefused, memoryStore, StoreUnavailable } from "../../src/index.ts";
import { anInstance, aPerson, events, numberOfUsers, refusal } from "../instance.ts";

const password = "correct horse battery";
const typesOf = (seen: readonly ChangeEvent[]): readonly string[] => seen.map(({ type }) => type);

describe("beforeCommit", () => {
  it("sees every change before it can be seen by others, with its tenant", async () => {
    const seen: ChangeEvent[] = [];
    const muster = await anInstance({ hooks: { beforeCommit: (event) => void seen.push(event) } });
    const jane = await muster.tenant("acme").users.create({ username: "jane", password });
    await muster.tenant("acme").sessions.login({ login: "jane", password });
    await muster.tenant("acme").users.disable(jane.id);
    expect(typesOf(seen)).toEqual(["user.created", "session.started", "user.disabled"]);
    expect(seen.map(({ tenant, userId }) => [tenant, userId])).toEqual(Array(3).fill(["acme", jane.id]));
    const logged = (await muster.tenant("acme").audit.list()).items;
    expect(seen.toReversed().map(({ tenant: _, ...event }) => event)).toEqual(logged);
  });

  it("aborts the change by throwing, whatever it throws, and nothing of it stays", async () => {
    const thrown = [new Error("quota exceeded: s3cret"), "a text", undefined, new TypeError("a bug")];
    for (const problem of thrown) {
      const muster = await anInstance({
        hooks: {
          beforeCommit: () => {
            throw problem;
          },
        },
      });
      const error = await refusal(muster.users.create({ username: "jane", password }));
      expect(error).toMatchObject({ _tag: "ChangeRefused", code: "change_refused", cause: problem });
      expect(error.message).toBe("The change was refused: a hook of the application failed.");
      expect([await numberOfUsers(muster), await events(muster)]).toEqual([0, []]);
    }
  });

  it("may say why, or that the call may be repeated", async () => {
    const own = new ChangeRefused({ reason: "this plan has room for ten users" });
    const down = new StoreUnavailable({ reason: "another transaction was in the way", retryable: true });
    for (const problem of [own, down]) {
      const muster = await anInstance({ hooks: { beforeCommit: () => Promise.reject(problem) } });
      expect(await refusal(muster.users.create({ username: "jane" }))).toBe(problem);
    }
  });

  it("may refuse a login, which then opens no session", async () => {
    const muster = await anInstance({
      hooks: {
        beforeCommit: ({ type }) => {
          if (type === "session.started") throw new ChangeRefused({ reason: "we are closed on Sundays" });
        },
      },
    });
    const jane = await muster.users.create({ username: "jane", password });
    expect(await refusal(muster.sessions.login({ login: "jane", password }))).toMatchObject({ _tag: "ChangeRefused" });
    expect(await muster.sessions.list(jane.id)).toEqual([]);
    expect((await muster.users.get(jane.id)).loginCount).toBe(0);
  });

  it("is not called for a change that changes nothing, nor for one that fails", async () => {
    const seen: ChangeEvent[] = [];
    const muster = await anInstance({ hooks: { beforeCommit: (event) => void seen.push(event) } });
    const jane = await muster.users.create({ username: "jane", firstName: "Jane" });
    await muster.users.update(jane.id, { firstName: "Jane" });
    await refusal(muster.users.create({ username: "jane" }));
    await refusal(muster.users.update(jane.id, { firstName: "J" }, { version: 9 }));
    expect(typesOf(seen)).toEqual(["user.created"]);
  });

  it("is given five seconds, so that one that waits for Muster itself ends", { timeout: 9_000 }, async () => {
    const muster = await anInstance({
      hooks: {
        beforeCommit: async ({ type }) => {
          // Waits for the transaction that waits for it.
          if (type === "user.created") await muster.users.count();
        },
      },
    });
    const error = await refusal(muster.users.create({ username: "jane" }));
    expect(error.message).toBe("The change was refused: a hook of the application took too long.");
    expect(await numberOfUsers(muster)).toBe(0);
  });
});

describe("afterCommit", () => {
  it("runs once for each event, before the call answers, when others can see the change", async () => {
    const seen: [string, number][] = [];
    const muster = await anInstance({
      hooks: {
        afterCommit: async ({ type }) => {
          seen.push([type, await numberOfUsers(muster)]);
        },
      },
    });
    const jane = await muster.users.create({ username: "jane", password });
    expect(seen).toEqual([["user.created", 1]]);
    await muster.sessions.login({ login: "jane", password });
    await muster.users.delete(jane.id);
    await muster.users.purge(jane.id);
    expect(seen.map(([type]) => type)).toEqual(["user.created", "session.started", "user.deleted", "user.purged"]);
  });

  it("is not called for what was rolled back", async () => {
    const seen: ChangeEvent[] = [];
    let isClosed = false;
    const muster = await anInstance({
      hooks: {
        beforeCommit: () => {
          if (isClosed) throw new Error("closed");
        },
        afterCommit: (event) => void seen.push(event),
      },
    });
    const jane = await aPerson(muster, { username: "jane" });
    isClosed = true;
    await refusal(muster.users.disable(jane.id));
    await refusal(muster.users.create({ username: "joe" }));
    isClosed = false;
    await refusal(muster.users.create({ username: "jane" }));
    expect(typesOf(seen)).toEqual(["user.created"]);
  });

  it("fails nothing by failing; onError is told, and may fail too", async () => {
    const failure = new Error("the search index is down");
    const told: unknown[] = [];
    const muster = await anInstance({
      hooks: {
        afterCommit: () => Promise.reject(failure),
        onError: (error, event) => {
          told.push([error, event.type]);
          throw new Error("and so is the log");
        },
      },
    });
    const jane = await muster.users.create({ username: "jane" });
    await muster.users.disable(jane.id);
    expect(told).toEqual([
      [failure, "user.created"],
      [failure, "user.disabled"],
    ]);
  });

  it("runs although the caller gave up during the commit", async () => {
    const seen: ChangeEvent[] = [];
    const { name, open } = memoryStore();
    let commits = (): void => {};
    const committing = new Promise<void>((resolve) => {
      commits = resolve;
    });
    const slow = Effect.map(open, (storage) => ({
      ...storage,
      transact: ((body) =>
        Effect.tap(storage.transact(body), () =>
          Effect.andThen(Effect.sync(commits), Effect.sleep(20)),
        )) satisfies typeof storage.transact,
    }));
    const muster = await anInstance({
      store: { name, open: slow },
      hooks: { afterCommit: (event) => void seen.push(event) },
    });
    const stop = new AbortController();
    const call = Effect.runPromise(muster.effect.users.create({ username: "jane" }), { signal: stop.signal });
    await committing;
    stop.abort();
    await expect(call).rejects.toThrow();
    expect([await numberOfUsers(muster), typesOf(seen)]).toEqual([1, ["user.created"]]);
  });

  it("may call Muster, also to change something", async () => {
    const muster = await anInstance({
      hooks: {
        afterCommit: async ({ type, userId }) => {
          if (type === "user.created") await muster.users.replaceTags(userId, ["new"]);
        },
      },
    });
    const jane = await muster.users.create({ username: "jane" });
    expect((await muster.users.get(jane.id)).tags).toEqual(["new"]);
  });
});

describe("hooks as options", () => {
  it.each([
    [{ beforeCommit: true }, "The option 'hooks.beforeCommit' must be a function."],
    [{ afterComit: () => {} }, "The option 'hooks.afterComit' names no hook."],
    ["none", "The option 'hooks' must be an object."],
  ])("are refused when they make no sense: %j", async (hooks, reason) => {
    // @ts-expect-error hosts without types
    expect(await refusal(anInstance({ hooks }))).toMatchObject({ _tag: "InvalidConfiguration", reason });
  });
});
