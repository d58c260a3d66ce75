import { aUser } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { startChild } from "./child.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

/** Runs a call while another process holds the write lock; answers its exit and the longest gap between two ticks. */
const whileLocked = async (milliseconds: number) => {
  const file = newFile();
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* sqliteStore(file).open;
        const holder = startChild("hold-lock.ts", [file, String(milliseconds)]);
        yield* Effect.promise(() => holder.printed("held"));
        let [last, longest] = [performance.now(), 0];
        const tick = setInterval(() => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
        }, 5);
        const start = performance.now();
        const write = yield* Effect.exit(storage.transact(({ users }) => users.insert("acme", aUser({ id: "jane" }))));
        const waited = performance.now() - start;
        clearInterval(tick);
        const isThere = Option.isSome(yield* storage.users.find("acme", "jane"));
        holder.process.kill();
        yield* Effect.promise(() => holder.finished);
        return { write, waited, longest, isThere };
      }),
    ),
  );
};

describe("while another process holds the write lock", () => {
  it("a write waits, and the process goes on with everything else", async () => {
    const { write, waited, longest, isThere } = await whileLocked(1_000);
    expect(write._tag).toBe("Success");
    expect(isThere).toBe(true);
    expect(waited).toBeGreaterThan(500);
    expect(longest).toBeLessThan(250);
  });

  it("a write fails after five seconds and says that it may be repeated", async () => {
    const { write, waited, longest, isThere } = await whileLocked(10_000);
    expect(write).toMatchObject({
      _tag: "Failure",
      cause: {
        reasons: [{ error: { _tag: "StoreUnavailable", retryable: true, reason: "another process is writing to it" } }],
      },
    });
    expect(isThere).toBe(false);
    expect(waited).toBeGreaterThan(4_500);
    expect(waited).toBeLessThan(8_000);
    expect(longest).toBeLessThan(250);
  });

  it("reads do not wait", async () => {
    const file = newFile();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(file).open;
          const holder = startChild("hold-lock.ts", [file, "60000"]);
          yield* Effect.promise(() => holder.printed("held"));
          expect(Option.isNone(yield* storage.users.find("acme", "jane"))).toBe(true);
          holder.process.kill();
        }),
      ),
    );
  });

  it("a write that waits can be given up", async () => {
    const file = newFile();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(file).open;
          const holder = startChild("hold-lock.ts", [file, "60000"]);
          yield* Effect.promise(() => holder.printed("held"));
          const insert = storage.transact(({ users }) => users.insert("acme", aUser({ id: "jane" })));
          const outcome = yield* Effect.timeoutOption(insert, 200);
          expect(Option.isNone(outcome)).toBe(true);
          holder.process.kill();
          yield* Effect.promise(() => holder.finished);
          yield* insert;
        }),
      ),
    );
  });
});
