import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import { describe, expect, test } from "vitest";
import { createMuster, memoryStore, type StoreModule, StoreUnavailable, UnsupportedSchema } from "../src/index.ts";
import type { Storage } from "../src/ports/index.ts";
import { anInstance, outcome, refusal } from "./instance.ts";

const password = "correct horse battery";

/** A store that answers a lookup or a health check when it is told to, and that knows whether it was closed. */
const slowStore = () => {
  const state = { isClosed: false, answer: (): void => undefined };
  const wait = Effect.callback<void>((resume) => {
    state.answer = () => resume(Effect.void);
  });
  const slowed = (storage: Storage): Storage => ({
    ...storage,
    check: () => wait,
    users: { ...storage.users, find: (tenant, id) => Effect.andThen(wait, storage.users.find(tenant, id)) },
  });
  const store: StoreModule = {
    name: "slow",
    open: Effect.acquireRelease(Effect.map(memoryStore().open, slowed), () =>
      Effect.sync(() => {
        state.isClosed = true;
      }),
    ),
  };
  return { store, state };
};

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 20, false))]);

describe("close", () => {
  test("lets calls in flight finish, refuses those that come later, and then closes the store", async () => {
    const { store, state } = slowStore();
    const muster = await createMuster({ store, issuer: "x" });
    const checking = muster.checkHealth();
    const closing = muster.close();
    expect(await settled(closing)).toBe(false);
    expect(await outcome(muster.users.list())).toBe("Closed");
    expect(state.isClosed).toBe(false);
    state.answer();
    expect(await outcome(checking)).toBe("ok");
    await closing;
    expect(state.isClosed).toBe(true);
  });

  test("waits for a password that is being hashed", async () => {
    const muster = await createMuster({ store: memoryStore(), issuer: "x" });
    const creating = Promise.all(["a", "b", "c"].map((username) => muster.users.create({ username, password })));
    await muster.close();
    expect(await creating).toHaveLength(3);
  });

  test("waits for calls made as Effects, and no longer when those are interrupted", async () => {
    for (const end of ["answer", "interrupt"] as const) {
      const { store, state } = slowStore();
      const muster = await createMuster({ store, issuer: "x" });
      const fiber = Effect.runFork(muster.effect.users.get("nobody"));
      const closing = muster.close();
      expect(await settled(closing)).toBe(false);
      if (end === "interrupt") await Effect.runPromise(Fiber.interrupt(fiber));
      else state.answer();
      await closing;
      expect(state.isClosed).toBe(true);
      expect(Exit.isFailure(await Effect.runPromise(Fiber.await(fiber)))).toBe(true);
    }
  });

  test("twice is fine, at once or later", async () => {
    const { store, state } = slowStore();
    const muster = await createMuster({ store, issuer: "x" });
    await Promise.all([muster.close(), muster.close()]);
    await muster.close();
    expect(state.isClosed).toBe(true);
  });

  test("makes every operation fail with Closed, bound ones and Effects too", async () => {
    const muster = await createMuster({ store: memoryStore(), issuer: "x" });
    const { id } = await muster.users.create({ username: "jane", password });
    const { accessToken, refreshToken } = await muster.sessions.login({ login: "jane", password });
    const principal = await muster.sessions.authenticate(accessToken);
    const bound = muster.as(principal);
    await muster.close();
    const calls = [
      () => muster.users.get(id),
      () => muster.users.create({}),
      () => muster.users.stream()[Symbol.asyncIterator]().next(),
      () => muster.sessions.login({ login: "jane", password }),
      () => muster.sessions.refresh(refreshToken),
      () => muster.sessions.authenticate(accessToken),
      () => muster.audit.list(),
      () => muster.checkHealth(),
      () => bound.users.profile(),
      () => muster.tenant("acme").users.list(),
      () => Effect.runPromise(muster.effect.users.get(id)),
      () => Effect.runPromise(muster.effect.as(principal).users.profile()),
      () => Effect.runPromise(muster.effect.sessions.authenticate(accessToken)),
      () => Effect.runPromise(muster.effect.audit.list()),
    ];
    for (const call of calls) expect(await refusal(call())).toMatchObject({ _tag: "Closed", code: "closed" });
  });

  test("while it waits, not even a token known by heart is accepted any more", async () => {
    const { store, state } = slowStore();
    const muster = await createMuster({ store, issuer: "x" });
    await muster.users.create({ username: "jane", password });
    const { accessToken } = await muster.sessions.login({ login: "jane", password });
    await muster.sessions.authenticate(accessToken);
    const checking = muster.checkHealth();
    const closing = muster.close();
    expect(await outcome(muster.sessions.authenticate(accessToken))).toBe("Closed");
    state.answer();
    await Promise.all([checking, closing]);
  });
});

describe("the Effect side", () => {
  test("fails with the same tagged errors in the error channel, and dies of none of them", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane" });
    const failing = {
      UserNotFound: muster.effect.users.get("nobody"),
      UsernameTaken: muster.effect.users.create({ username: "JANE" }),
      InvalidInput: muster.effect.users.list({ limit: 0 }),
      VersionMismatch: muster.effect.users.update(id, { firstName: "x" }, { version: 9 }),
      IllegalTransition: muster.effect.users.enable(id),
      Unauthenticated: muster.effect.as("anonymous").users.get(id),
      InvalidToken: muster.effect.sessions.authenticate("x"),
      InvalidCredentials: muster.effect.sessions.login({ login: "jane", password }),
    };
    for (const [tag, effect] of Object.entries(failing)) {
      const error: { readonly _tag: string } = await Effect.runPromise(
        Effect.flip(effect as Effect.Effect<unknown, { readonly _tag: string }>),
      );
      expect(error._tag).toBe(tag);
    }
  });

  test("lets an error be caught by its tag", async () => {
    const muster = await anInstance();
    const found = muster.effect.users
      .get("nobody")
      .pipe(Effect.catchTag("UserNotFound", () => Effect.succeed("nobody")));
    expect(await Effect.runPromise(found)).toBe("nobody");
  });

  test("runs an operation each time its Effect is run", async () => {
    const muster = await anInstance();
    const counting = muster.effect.users.count();
    expect(await Effect.runPromise(counting)).toMatchObject({ count: 0 });
    await muster.users.create({ username: "jane" });
    expect(await Effect.runPromise(counting)).toMatchObject({ count: 1 });
  });
});

describe("a store that cannot be opened", () => {
  test.each([
    new StoreUnavailable({ reason: "the file cannot be written", retryable: false }),
    new UnsupportedSchema({ reason: "The database is of version 9, this program knows 1." }),
  ])("says why: $message", async (error) => {
    const store: StoreModule = { name: "broken", open: Effect.fail(error) };
    expect(await refusal(createMuster({ store, issuer: "x" }))).toBe(error);
  });
});

test("two instances on one store are one installation: what one does, the other sees and obeys", async () => {
  const store = memoryStore();
  const [first, second] = [await anInstance({ store }), await anInstance({ store })];
  const { id } = await first.users.create({ username: "jane", password });
  const { accessToken } = await second.sessions.login({ login: "jane", password });
  expect(await first.sessions.authenticate(accessToken)).toMatchObject({ userId: id });
  expect(await first.publicKeys()).toEqual(await second.publicKeys());
  const cursor = (await first.users.list({ limit: 1, filter: {} })).nextCursor;
  expect(cursor).toBeNull();
  await second.users.disable(id);
  await expect
    .poll(() => outcome(first.sessions.authenticate(accessToken)), { timeout: 1_000, interval: 50 })
    .toBe("InvalidToken");
});
