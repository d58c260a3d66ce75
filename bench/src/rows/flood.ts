import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Muster } from "@muster/core";
import { TooBusy } from "@muster/core";
import type { PasswordHasher } from "@muster/core/ports";
import { hash, verify } from "@node-rs/argon2";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { amount, judged, type Row } from "../figure.ts";
import { median, pairedRatio, quantile } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** What others feel while 200 logins are queued at once. */
export const flood: Row = {
  name: "flood",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const set = await dataSet(size);
    const gated = await openMuster(copyOf(set, folder, "gated"), { hashing: { maxWaiting: quick ? 12 : 200 } });
    const ungated = await openMuster(copyOf(set, folder, "ungated"), { ports: { passwordHasher: ungatedHasher } });
    const queued = quick ? 12 : 200;
    const loginOf = (index: number): string => personAt((index * 20) % size, size).username;
    const floods: Record<Kind, Flood[]> = { gated: [], ungated: [], rest: [] };
    for (let round = -1; round < (quick ? 1 : 7); round++) {
      for (const [name, muster] of round % 2 === 0
        ? ([
            ["gated", gated],
            ["ungated", ungated],
          ] as const)
        : ([
            ["ungated", ungated],
            ["gated", gated],
          ] as const)) {
        const seen = await flooded(muster, queued, loginOf);
        if (round >= 0) floods[name].push(seen);
      }
      if (round >= 0) floods.rest.push(await flooded(gated, 0, loginOf));
    }
    const refusals = await refusalTimes(gated, quick ? 24 : 260, quick ? 10 : 200, loginOf);
    await gated.close();
    await ungated.close();

    const over = (pick: (flood: Flood) => number, kind: Kind = "gated"): number => median(floods[kind].map(pick));
    const p99 = (pick: (flood: Flood) => readonly number[], kind: Kind = "gated"): number =>
      over((flood) => quantile(pick(flood), 0.99), kind);
    const against = `ungated: ${queued} logins into libuv's pool at once`;
    return [
      judged({
        what: `token check p99 while ${queued} logins are queued`,
        against,
        value: p99(({ checks }) => checks),
        most: 15,
        unit: " ms",
        detail: `ungated ${amount(p99(({ checks }) => checks, "ungated"))} ms, at rest ${amount(p99(({ checks }) => checks, "rest"))} ms`,
      }),
      judged({
        what: `event-loop delay p99 while ${queued} logins are queued`,
        against,
        value: over(({ loopDelay }) => loopDelay),
        most: 20,
        unit: " ms",
        detail: `ungated ${amount(over(({ loopDelay }) => loopDelay, "ungated"))} ms, at rest ${amount(over(({ loopDelay }) => loopDelay, "rest"))} ms`,
      }),
      judged({
        what: `logins done a second while ${queued} are queued`,
        against,
        value: pairedRatio(
          floods.gated.map(({ perSecond }) => perSecond),
          floods.ungated.map(({ perSecond }) => perSecond),
        ),
        least: 0.9,
        unit: " of ungated",
        detail: `${amount(over(({ perSecond }) => perSecond))}/s of ${amount(over(({ perSecond }) => perSecond, "ungated"))}/s`,
      }),
      judged({
        what: "a login beyond the queue is refused (TooBusy)",
        against: "longest of all, from call to answer",
        value: Math.max(...refusals),
        most: 50,
        unit: " ms",
        detail: `${refusals.length} refused, median ${amount(median(refusals))} ms`,
      }),
    ];
  },
};

/** Logins gated by Muster, gated by nobody, and none at all. */
type Kind = "gated" | "ungated" | "rest";

interface Flood {
  readonly perSecond: number;
  /** Milliseconds of each token check, from when it was due. */
  readonly checks: readonly number[];
  readonly loopDelay: number;
}

const checkEveryMilliseconds = 3;

const flooded = async (muster: Muster, logins: number, loginOf: (index: number) => string): Promise<Flood> => {
  const { accessToken } = await muster.sessions.login({ login: loginOf(0), password });
  const checks: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  let due = begun + checkEveryMilliseconds;
  // What a check waits for the event loop is part of what its caller waits: it counts from when it was due.
  const checking = setInterval(() => {
    const wanted = due;
    due = performance.now() + checkEveryMilliseconds;
    void muster.sessions.authenticate(accessToken).then(() => checks.push(performance.now() - wanted));
  }, checkEveryMilliseconds);
  await Promise.all(
    Array.from({ length: logins }, (_, index) => muster.sessions.login({ login: loginOf(index), password })),
  );
  if (logins === 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
  const perSecond = (logins * 1_000) / (performance.now() - begun);
  clearInterval(checking);
  delay.disable();
  return { perSecond, checks, loopDelay: delay.percentile(99) / 1_000_000 };
};

/** Fills the queue with more than may wait and goes on calling: how long each call beyond it waits for its refusal. */
const refusalTimes = async (
  muster: Muster,
  filling: number,
  surplus: number,
  loginOf: (index: number) => string,
): Promise<readonly number[]> => {
  const refused: number[] = [];
  const attempt = async (index: number): Promise<void> => {
    const begun = performance.now();
    try {
      await muster.sessions.login({ login: loginOf(index), password });
    } catch (error) {
      if (!(error instanceof TooBusy)) throw error;
      refused.push(performance.now() - begun);
    }
  };
  const attempts = Array.from({ length: filling }, (_, index) => attempt(index));
  await new Promise((resolve) => setTimeout(resolve, 15));
  refused.length = 0;
  for (let index = 0; index < surplus; index++) {
    attempts.push(attempt(index));
    // Several arrive at once, then a pause in which a place may come free.
    if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await Promise.all(attempts);
  if (refused.length === 0) throw new Error("No login was refused.");
  return refused;
};

/** What a host gets that calls argon2 as it comes: every login goes to libuv's pool at once. */
const ungatedHasher: PasswordHasher = {
  hash: (text) => Effect.promise(() => hash(Redacted.value(text))),
  verify: (text, phc) => Effect.promise(() => verify(phc, Redacted.value(text))),
  verifyNothing: () => Effect.void,
  isOutdated: () => false,
  inspect: () => ({ scheme: "none", refusal: null }),
  hardened: () => Effect.succeedNone,
};
