import * as Effect from "effect/Effect";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { StoreUnavailable } from "../../src/errors.ts";
import type { AccessChange, AccessChanges, AccessChangesPage } from "../../src/ports/access-changes.ts";
import { makeAccessWatch } from "../../src/session/access-watch.ts";
import { RememberedTokens } from "../../src/session/remembered-tokens.ts";
import { steeredClock } from "../doubles/steered-clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  return () => vi.useRealTimers();
});

/** A feed with nothing but a cursor, and a way to hold its answers back. */
const makeFeed = () => {
  const feed = {
    reads: 0,
    pruned: [] as Date[],
    page: { cursor: 0, changes: [], gap: false } as AccessChangesPage,
    held: undefined as Promise<void> | undefined,
    isDown: false,
  };
  const answer = <A>(value: () => A) =>
    Effect.gen(function* () {
      feed.reads++;
      yield* Effect.promise(async () => feed.held);
      if (feed.isDown) return yield* new StoreUnavailable({ reason: "it is down", retryable: true });
      return value();
    });
  const port: AccessChanges = {
    append: () => Effect.void,
    latest: () => answer(() => feed.page.cursor),
    since: () => answer(() => feed.page),
    prune: (before) =>
      Effect.sync(() => {
        feed.pruned.push(before);
      }),
  };
  return { feed, port };
};

const watching = () => {
  const { feed, port } = makeFeed();
  const remembered = new RememberedTokens();
  const clock = steeredClock();
  const listeners = new Set<(change: AccessChange) => void>();
  const watch = makeAccessWatch(port, remembered, clock, (hear) => {
    listeners.add(hear);
    return () => listeners.delete(hear);
  });
  onTestFinished(() => watch.stop());
  const remember = (token: string, userId: string): void => {
    const at = new Date(0);
    const standing = { role: "user", expiresAt: at, authenticatedAt: at, methods: ["pwd"] } as const;
    const principal = { tenant: "default", userId, sessionId: "s", ...standing };
    remembered.remember(token, principal, remembered.mark());
  };
  const hint = (userId: string): void => {
    for (const hear of listeners) hear({ tenant: "default", userId });
  };
  return { feed, remembered, clock, watch, remember, listeners, hint, catchUp: () => Effect.runPromise(watch.catchUp) };
};

describe("watching for changes of access", () => {
  it("trusts nothing before the feed was read", async () => {
    const { watch, catchUp } = watching();
    expect(watch.isFresh()).toBe(false);
    await catchUp();
    expect(watch.isFresh()).toBe(true);
  });

  it("trusts for 800 ms after a reading began, not after it ended", async () => {
    const { watch, catchUp, feed } = watching();
    await catchUp();
    vi.advanceTimersByTime(250);
    let answer = (): void => {};
    feed.held = new Promise((resolve) => {
      answer = resolve;
    });
    const reading = catchUp();
    vi.advanceTimersByTime(700);
    answer();
    await reading;
    expect(watch.isFresh()).toBe(true);
    vi.advanceTimersByTime(101);
    expect(watch.isFresh()).toBe(false);
  });

  it("reads once for many who ask at once", async () => {
    const { catchUp, feed } = watching();
    await Promise.all(Array.from({ length: 100 }, catchUp));
    expect(feed.reads).toBe(1);
    await Promise.all(Array.from({ length: 100 }, catchUp));
    expect(feed.reads).toBe(2);
  });

  it("tells all who share a reading that the store is down, and reads again for the next", async () => {
    const { catchUp, feed, watch } = watching();
    feed.isDown = true;
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, catchUp));
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(10);
    expect(watch.isFresh()).toBe(false);
    feed.isDown = false;
    await catchUp();
    expect(watch.isFresh()).toBe(true);
  });

  it("goes on reading for the others when one who shares a reading gives up", async () => {
    const { watch, feed } = watching();
    let answer = (): void => {};
    feed.held = new Promise((resolve) => {
      answer = resolve;
    });
    const leaver = new AbortController();
    const left = Effect.runPromise(watch.catchUp, { signal: leaver.signal });
    const stayed = Effect.runPromise(watch.catchUp);
    leaver.abort();
    await expect(left).rejects.toBeDefined();
    answer();
    await stayed;
    expect(watch.isFresh()).toBe(true);
  });

  it("forgets those whom the feed names, and everybody when it has a gap", async () => {
    const { catchUp, feed, remember, remembered } = watching();
    await catchUp();
    remember("of jane", "jane");
    remember("of joe", "joe");
    feed.page = { cursor: 1, changes: [{ tenant: "default", userId: "jane" }], gap: false };
    await catchUp();
    expect([remembered.recall("of jane"), remembered.recall("of joe")?.userId]).toEqual([undefined, "joe"]);
    feed.page = { cursor: 9, changes: [], gap: true };
    await catchUp();
    expect(remembered.size).toBe(0);
  });

  it("forgets at once whom a hint names, without a reading, and trusts no longer for it", async () => {
    const { catchUp, feed, remember, remembered, hint, watch } = watching();
    await catchUp();
    remember("of jane", "jane");
    remember("of joe", "joe");
    vi.advanceTimersByTime(100);
    const { reads } = feed;
    hint("jane");
    expect([remembered.recall("of jane"), remembered.recall("of joe")?.userId]).toEqual([undefined, "joe"]);
    expect(feed.reads).toBe(reads);
    feed.isDown = true;
    await vi.advanceTimersByTimeAsync(701);
    expect(watch.isFresh()).toBe(false);
  });

  it("listens to hints from the first reading on until it is stopped", async () => {
    const { catchUp, watch, listeners } = watching();
    expect(listeners.size).toBe(0);
    await catchUp();
    await catchUp();
    expect(listeners.size).toBe(1);
    watch.stop();
    expect(listeners.size).toBe(0);
    await catchUp();
    expect(listeners.size).toBe(0);
  });

  it("reads along while somebody asks, and stops when nobody does", async () => {
    const { catchUp, feed, watch } = watching();
    await catchUp();
    for (let step = 0; step < 40; step++) {
      await vi.advanceTimersByTimeAsync(250);
      expect(watch.isFresh()).toBe(true);
    }
    expect(feed.reads).toBeGreaterThanOrEqual(40);
    await vi.advanceTimersByTimeAsync(6_000);
    const reads = feed.reads;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(feed.reads).toBe(reads);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never reads again once it was stopped, not even after a reading that was under way", async () => {
    const { catchUp, feed, watch } = watching();
    await catchUp();
    let answer = (): void => {};
    feed.held = new Promise((resolve) => {
      answer = resolve;
    });
    const reading = catchUp();
    watch.stop();
    answer();
    await reading;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("prunes the feed now and then, of entries older than an hour", async () => {
    const { catchUp, feed, watch, clock } = watching();
    await catchUp();
    for (let step = 0; step < 2_500; step++) {
      watch.isFresh();
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(feed.pruned).toEqual([new Date(clock.now() - 3_600_000)]);
  });
});
