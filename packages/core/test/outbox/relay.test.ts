import * as Effect from "effect/Effect";
import { afterEach, describe, expect, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import { type Delivery, type FailedDelivery, makeRelay, type Relay } from "../../src/outbox/relay.ts";
import { mostAttempts } from "../../src/outbox/retry-pauses.ts";
import type { OutboxEntry } from "../../src/ports/outbox.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { anOutboxEntry } from "../../src/testing/index.ts";
import { steeredClock } from "../doubles/steered-clock.ts";

const tenant = "acme";
const minute = 60_000;

const running: Relay[] = [];
afterEach(async () => {
  for (const relay of running.splice(0)) await Effect.runPromise(relay.stop);
});

const scene = async (...ids: readonly string[]) => {
  const clock = steeredClock();
  const storage = await Effect.runPromise(Effect.scoped(memoryStore().open));
  const failures: FailedDelivery[] = [];
  const at = new Date(clock.now());
  const append = (id: string, userId = id) =>
    Effect.runPromise(
      storage.transact(({ outbox }) =>
        outbox.append(tenant, anOutboxEntry({ id, userId, createdAt: at, availableAt: at })),
      ),
    );
  for (const id of ids) await append(id);
  const start = (deliver: Delivery["deliver"]): Relay => {
    const report = (failure: FailedDelivery): void => void failures.push(failure);
    const relay = makeRelay({ storage, clock, deliveries: [{ topic: "mail", deliver }], report });
    running.push(relay);
    return relay;
  };
  return { clock, storage, failures, append, start };
};

const entriesOf = (storage: Storage): Promise<readonly OutboxEntry[]> =>
  Effect.runPromise(storage.outbox.list(tenant, { limit: 100 }));
const statesOf = async (storage: Storage): Promise<readonly string[]> =>
  (await entriesOf(storage)).map(({ id, state }) => `${id} ${state}`).sort();

describe("a relay", () => {
  it("delivers what is there when it starts, and what it is woken for", async () => {
    const { storage, append, start } = await scene("1", "2");
    const delivered: string[] = [];
    const relay = start(({ id }) => Effect.sync(() => void delivered.push(id)));
    await expect.poll(() => statesOf(storage)).toEqual(["1 delivered", "2 delivered"]);
    await append("3");
    relay.wake();
    await expect.poll(() => statesOf(storage), { timeout: 900 }).toContain("3 delivered");
    expect(delivered.sort()).toEqual(["1", "2", "3"]);
  });

  it("finds what nobody woke it for within two seconds", async () => {
    const { storage, append, start } = await scene();
    start(() => Effect.void);
    await append("1");
    await expect.poll(() => statesOf(storage), { timeout: 2_000 }).toEqual(["1 delivered"]);
  });

  it("delivers the entries of a user one after the other, though the first one fails", async () => {
    const { clock, storage, failures, append, start } = await scene();
    await append("1", "jane");
    await append("2", "jane");
    const tried: string[] = [];
    const relay = start(({ id, attempts }) => {
      tried.push(`${id} ${attempts}`);
      return id === "1" && attempts < 3 ? Effect.fail(new Error("the mail server is down")) : Effect.void;
    });
    await expect.poll(() => failures.length).toBe(1);
    for (const attempt of [2, 3]) {
      clock.advance(minute);
      relay.wake();
      await expect.poll(() => tried).toContain(`1 ${attempt}`);
    }
    await expect.poll(() => statesOf(storage)).toEqual(["1 delivered", "2 delivered"]);
    expect(tried).toEqual(["1 1", "1 2", "1 3", "2 1"]);
    expect(failures.map(({ entry, isDead }) => [entry.attempts, isDead])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it("waits longer after each failure, and never longer than an hour", async () => {
    const { clock, storage, failures, start } = await scene("1");
    const relay = start(() => Effect.die("a bug of the receiver"));
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 15; attempt++) {
      await expect.poll(() => failures.length).toBe(attempt);
      await expect
        .poll(async () => {
          const [entry] = await entriesOf(storage);
          return (entry?.availableAt.getTime() ?? 0) - clock.now();
        })
        .toBeLessThanOrEqual(3_600_000);
      const [entry] = await entriesOf(storage);
      pauses.push((entry?.availableAt.getTime() ?? 0) - clock.now());
      clock.advance(3_600_000);
      relay.wake();
    }
    expect(pauses[0]).toBeLessThanOrEqual(1_000);
    expect(pauses[0]).toBeGreaterThan(0);
    expect(pauses[9]).toBeGreaterThan(60_000);
    expect(Math.max(...pauses)).toBeGreaterThan(1_800_000);
  });

  it("gives an entry up after its last attempt, and goes on with the next one", async () => {
    const { clock, storage, failures, append, start } = await scene();
    await append("1", "jane");
    await append("2", "jane");
    const relay = start(({ id }) => (id === "1" ? Effect.fail("no such address") : Effect.void));
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      await expect.poll(() => failures.length, { interval: 1 }).toBe(attempt);
      clock.advance(3_600_000);
      relay.wake();
    }
    await expect.poll(() => statesOf(storage)).toEqual(["1 dead", "2 delivered"]);
    expect(failures.at(-1)).toMatchObject({ entry: { id: "1", attempts: mostAttempts }, isDead: true });
  });

  it("puts back at once what it was delivering when it was stopped", async () => {
    const { clock, storage, start } = await scene("1");
    let begun = 0;
    const relay = start(() =>
      Effect.andThen(
        Effect.sync(() => begun++),
        Effect.never,
      ),
    );
    await expect.poll(() => begun).toBe(1);
    await Effect.runPromise(relay.stop);
    const [entry] = await entriesOf(storage);
    expect([entry?.state, entry?.availableAt.getTime()]).toEqual(["pending", clock.now()]);
    relay.wake();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(begun).toBe(1);
  });

  it("of ten relays on one database exactly one delivers an entry", async () => {
    const ids = Array.from({ length: 50 }, (_, number) => String(number));
    const { storage, start } = await scene(...ids);
    const delivered: string[] = [];
    for (let relay = 0; relay < 10; relay++) {
      start(({ id }) =>
        Effect.andThen(
          Effect.sleep(1),
          Effect.sync(() => void delivered.push(id)),
        ),
      );
    }
    await expect.poll(async () => (await statesOf(storage)).filter((state) => state.endsWith("pending"))).toEqual([]);
    expect(delivered.toSorted((left, right) => Number(left) - Number(right))).toEqual(ids);
  });
});
