import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeGate } from "../../src/move/gate.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("while databases change over", () => {
  it("whoever comes waits, and goes on when the gate is open", async () => {
    const gate = makeGate();
    expect(await gate.shut()).toBe(true);
    const passed: number[] = [];
    const calls = [1, 2, 3].map((call) =>
      Effect.runPromise(gate.through(() => Effect.sync(() => void passed.push(call)))),
    );
    await vi.advanceTimersByTimeAsync(4_000);
    expect(passed).toEqual([]);
    gate.open();
    await Promise.all(calls);
    expect(passed).toEqual([1, 2, 3]);
  });

  it("nobody waits longer than five seconds: then the store is unavailable, and may be asked again", async () => {
    const gate = makeGate();
    await gate.shut();
    const failure = Effect.runPromise(Effect.flip(gate.through(() => Effect.void)));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await failure).toMatchObject({
      _tag: "StoreUnavailable",
      retryable: true,
      message: "The database is not available: it is being changed for another one.",
    });
  });

  it("those who are inside come to their end first", async () => {
    const gate = makeGate();
    let end = (): void => {};
    const inside = Effect.runPromise(
      gate.through(() => Effect.promise(() => new Promise<void>((resolve) => (end = resolve)))),
    );
    let isShut: boolean | undefined;
    const shutting = gate.shut().then((isQuiet) => {
      isShut = isQuiet;
    });
    await vi.advanceTimersByTimeAsync(500);
    expect(isShut).toBeUndefined();
    end();
    await Promise.all([inside, shutting]);
    expect(isShut).toBe(true);
  });

  it("somebody who stays inside for more than a second puts it off", async () => {
    const gate = makeGate();
    void Effect.runFork(gate.through(() => Effect.never));
    await vi.advanceTimersByTimeAsync(0);
    const shutting = gate.shut();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await shutting).toBe(false);
  });
});
