import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import { expect, test } from "vitest";
import { type HashGate, makeHashGate } from "../../src/builtin/hash-gate.ts";
import { makeHashThread } from "../../src/builtin/hash-thread.ts";
import { TooBusy } from "../../src/errors.ts";

const program = new URL("../fixtures/counting-worker.ts", import.meta.url);

/** A gate on the counting program; `most` is how many were at work at once. */
const countingGate = (threads: number, maxWaiting: number, url: URL = program) => {
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const settings = { memoryKiB: 1, passes: 1, parallelism: 1, counters };
  const gate = makeHashGate(
    Array.from({ length: threads }, () => makeHashThread(settings, url)),
    maxWaiting,
  );
  return { gate, most: () => Atomics.load(counters, 1) };
};

const job = (text: string) => ({ password: new TextEncoder().encode(text) });
const runExit = (gate: HashGate, text: string) => Effect.runPromiseExit(gate.run(job(text)));

/** What a call failed with; a defect throws. */
const failureOf = (exit: Exit.Exit<unknown, TooBusy>): TooBusy | undefined =>
  Exit.isFailure(exit) ? (Cause.squash(exit.cause) as TooBusy) : undefined;

test("no more jobs run at once than there are threads, and every caller gets its own answer", async () => {
  const { gate, most } = countingGate(3, 100);
  const texts = Array.from({ length: 100 }, (_, index) => `job ${index}`);
  expect(await Promise.all(texts.map((text) => Effect.runPromise(gate.run(job(text)))))).toEqual(texts);
  expect(most()).toBe(3);
  await Effect.runPromise(gate.close);
});

test("callers beyond the line are refused before any job has ended, the others served in order", async () => {
  const { gate } = countingGate(1, 3);
  const ended: string[] = [];
  const all = ["1", "2", "3", "4", "5", "6", "7"].map(async (text) => {
    const exit = await runExit(gate, text);
    ended.push(Exit.isSuccess(exit) ? text : `${text} refused`);
    return failureOf(exit);
  });
  const failures = await Promise.all(all);
  expect(ended).toEqual(["6 refused", "7 refused", "1", "2", "3", "4", "5"]);
  expect(failures.at(-1)).toBeInstanceOf(TooBusy);
  await Effect.runPromise(gate.close);
});

test("when to come back follows from the line and how long a job takes", async () => {
  const { gate } = countingGate(2, 10);
  const retryAfter = async () => {
    const exits = await Promise.all(Array.from({ length: 15 }, () => runExit(gate, "any")));
    return failureOf(exits.at(-1) ?? Exit.void)?.retryAfterSeconds;
  };
  expect(await retryAfter()).toBe(1);
  await Promise.all(Array.from({ length: 10 }, () => runExit(gate, "any")));
  // After 24 jobs of 4 s the running average has come to 3.68 s; ten waiting, two at a time.
  expect(await retryAfter()).toBe(19);
  await Effect.runPromise(gate.close);
});

test("a caller who gives up leaves the line, and the place is free", async () => {
  const { gate } = countingGate(1, 1);
  const running = [runExit(gate, "1"), runExit(gate, "2")];
  const waiting = Effect.runFork(gate.run(job("3")));
  expect(failureOf(await runExit(gate, "4"))).toBeInstanceOf(TooBusy);
  await Effect.runPromise(Fiber.interrupt(waiting));
  expect(await runExit(gate, "5")).toEqual(Exit.succeed("5"));
  expect(await Promise.all(running)).toEqual([Exit.succeed("1"), Exit.succeed("2")]);
  await Effect.runPromise(gate.close);
});

test("a thread that dies takes only the job it was at with it", async () => {
  const { gate } = countingGate(1, 10);
  const exits = await Promise.all(["1", "die", "2", "die", "3", "4"].map((text) => runExit(gate, text)));
  expect(exits.map(Exit.isSuccess)).toEqual([true, false, true, false, true, true]);
  expect(exits.filter(Exit.isSuccess).map((exit) => exit.value)).toEqual(["1", "2", "3", "4"]);
  expect(String(failureOf(exits[1] ?? Exit.void))).toContain("The thread that hashes passwords ended at work.");
  await Effect.runPromise(gate.close);
});

test("without its program every job is a defect, and none is lost", async () => {
  const { gate } = countingGate(2, 10, new URL("./no-such-program.ts", import.meta.url));
  const exits = await Promise.all(["1", "2", "3", "4", "5", "6"].map((text) => runExit(gate, text)));
  expect(exits.every(Exit.hasDies)).toBe(true);
  await Effect.runPromise(gate.close);
});

test("closing lets every job end, and a job after it starts the threads again", async () => {
  const { gate } = countingGate(2, 10);
  const before = Promise.all(["1", "2", "3", "4", "5", "6"].map((text) => runExit(gate, text)));
  const closed = Effect.runPromise(gate.close);
  expect((await before).every(Exit.isSuccess)).toBe(true);
  await closed;
  const again = runExit(gate, "again");
  await Effect.runPromise(gate.close);
  expect(await again).toEqual(Exit.succeed("again"));
});
