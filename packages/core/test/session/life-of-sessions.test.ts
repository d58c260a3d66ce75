import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMuster } from "../../src/create-muster.ts";
import type { Muster } from "../../src/muster.ts";
import type { SessionTokens } from "../../src/session/session.ts";
import { quickHasher } from "../doubles/hashers.ts";
import { issuer, outcomeOf, password } from "../doubles/running.ts";
import { type SteeredClock, steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";

/**
 * What a session is, told a second time and without a store: random lives of one user are led with both, and have to
 * agree on every answer.
 */

const accessTokenSeconds = 600;
const refreshTokenSeconds = 3_600;
const sessionSeconds = 7_200;
const graceSeconds = 10;

interface Life {
  readonly tokens: SessionTokens[];
  readonly createdAt: number;
  rotatedAt: number | undefined;
  expiresAt: number;
  isRevoked: boolean;
}

interface World {
  status: "enabled" | "disabled";
  role: "user" | "admin";
  readonly lives: Life[];
}

interface Real {
  readonly muster: Muster;
  readonly clock: SteeredClock;
  readonly userId: string;
}

type Step = (world: World, real: Real) => Promise<void>;

const endOf = (createdAt: number, at: number): number =>
  Math.min(at + refreshTokenSeconds * 1_000, createdAt + sessionSeconds * 1_000);

const isLive = (life: Life, now: number): boolean => !life.isRevoked && life.expiresAt > now;

const login: Step = async (world, { muster, clock }) => {
  const call = muster.sessions.login({ login: "jane", password });
  if (world.status !== "enabled") return expect(await outcomeOf(call)).toBe("InvalidCredentials");
  const now = clock.now();
  world.lives.push({
    tokens: [await call],
    createdAt: now,
    rotatedAt: undefined,
    expiresAt: endOf(now, now),
    isRevoked: false,
  });
};

/** Picks a session by a number of any size; nothing happens while there is none. */
const withLife =
  (which: number, step: (life: Life, world: World, real: Real) => Promise<void>): Step =>
  async (world, real) => {
    const life = world.lives[which % Math.max(1, world.lives.length)];
    if (life !== undefined) await step(life, world, real);
  };

/** Presents the token that was current `age` rotations ago. */
const refresh = (which: number, age: number): Step =>
  withLife(which, async (life, _world, { muster, clock }) => {
    const index = Math.max(0, life.tokens.length - 1 - age);
    const presented = life.tokens[index];
    const newest = life.tokens.at(-1);
    const now = clock.now();
    const call = muster.sessions.refresh(presented?.refreshToken ?? "");
    if (!isLive(life, now)) return expect(await outcomeOf(call)).toBe("InvalidRefreshToken");
    if (presented === newest) {
      const successor = await call;
      expect(successor.refreshToken).not.toBe(presented?.refreshToken);
      life.tokens.push(successor);
      life.rotatedAt = now;
      life.expiresAt = endOf(life.createdAt, now);
      return;
    }
    const isPrevious = index === life.tokens.length - 2;
    if (isPrevious && Math.abs(now - (life.rotatedAt ?? 0)) <= graceSeconds * 1_000) {
      return expect(await call).toEqual(newest);
    }
    life.isRevoked = true;
    expect(await outcomeOf(call)).toBe("InvalidRefreshToken");
  });

const refreshTogether = (which: number, callers: number): Step =>
  withLife(which, async (life, _world, { muster, clock }) => {
    const now = clock.now();
    const presented = life.tokens.at(-1)?.refreshToken ?? "";
    const calls = Array.from({ length: callers }, () => muster.sessions.refresh(presented));
    if (!isLive(life, now)) {
      return expect(await Promise.all(calls.map(outcomeOf))).toEqual(calls.map(() => "InvalidRefreshToken"));
    }
    const answers = await Promise.all(calls);
    expect(new Set(answers.map((tokens) => JSON.stringify(tokens))).size).toBe(1);
    life.tokens.push(...answers.slice(0, 1));
    life.rotatedAt = now;
    life.expiresAt = endOf(life.createdAt, now);
  });

const revoke = (which: number): Step =>
  withLife(which, async (life, _world, { muster, clock }) => {
    const call = muster.sessions.revoke(life.tokens[0]?.sessionId ?? "");
    expect(await outcomeOf(call)).toBe(isLive(life, clock.now()) ? "success" : "SessionNotFound");
    if (isLive(life, clock.now())) life.isRevoked = true;
  });

/** Expired sessions too: setting the clock back must not bring them to life again. Answers how many were live. */
const revokeEvery = (world: World, now: number): number => {
  const live = world.lives.filter((life) => isLive(life, now)).length;
  for (const life of world.lives) life.isRevoked = true;
  return live;
};

const revokeAll: Step = async (world, { muster, clock, userId }) => {
  expect(await muster.sessions.revokeAll(userId)).toBe(revokeEvery(world, clock.now()));
};

const setPassword: Step = async (world, { muster, clock, userId }) => {
  await muster.users.setPassword(userId, password);
  revokeEvery(world, clock.now());
};

const disable: Step = async (world, { muster, clock, userId }) => {
  const outcome = await outcomeOf(muster.users.disable(userId));
  expect(outcome).toBe(world.status === "enabled" ? "success" : "IllegalTransition");
  if (world.status === "enabled") revokeEvery(world, clock.now());
  world.status = "disabled";
};

const enable: Step = async (world, { muster, userId }) => {
  const outcome = await outcomeOf(muster.users.enable(userId));
  expect(outcome).toBe(world.status === "disabled" ? "success" : "IllegalTransition");
  world.status = "enabled";
};

const leaveAndReturn: Step = async (world, { muster, clock, userId }) => {
  await muster.users.delete(userId);
  await muster.users.restore(userId);
  await muster.users.enable(userId);
  revokeEvery(world, clock.now());
  world.status = "enabled";
};

const setRole =
  (role: World["role"]): Step =>
  async (world, { muster, userId }) => {
    await muster.users.setRole(userId, role);
    world.role = role;
  };

const jump =
  (seconds: number): Step =>
  async (_world, { clock }) =>
    clock.advance(seconds * 1_000);

/** No token works that must not, every one works that must. */
const agree = async (world: World, { muster, clock, userId }: Real): Promise<void> => {
  const now = clock.now();
  const live = world.lives.filter((life) => isLive(life, now));
  const listed = await muster.sessions.list(userId);
  expect(listed.map(({ id }) => id).sort()).toEqual(live.map((life) => life.tokens[0]?.sessionId).sort());
  for (const life of world.lives) {
    for (const { accessToken } of [...life.tokens.slice(0, 1), ...life.tokens.slice(-2)]) {
      const { iat, exp } = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
      const answer = await muster.sessions.authenticate(accessToken).catch(() => undefined);
      if (life.isRevoked || world.status !== "enabled" || exp * 1_000 <= now) expect(answer).toBeUndefined();
      // A clock that went back makes a token one of the future, and may shorten a session that is refreshed then.
      else if (isLive(life, now) && iat * 1_000 <= now) expect(answer).toMatchObject({ userId, role: world.role });
    }
  }
};

const number = fc.nat({ max: 5 });
const step: fc.Arbitrary<readonly [string, Step]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(["log in", login] as const) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(number, fc.constantFrom(0, 0, 0, 1, 1, 2, 5))
      .map(([which, age]) => [`refresh ${which} with the token of ${age} ago`, refresh(which, age)] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(number, fc.integer({ min: 2, max: 8 }))
      .map(([which, callers]) => [`refresh ${which} by ${callers}`, refreshTogether(which, callers)] as const),
  },
  { weight: 2, arbitrary: number.map((which) => [`revoke ${which}`, revoke(which)] as const) },
  { weight: 1, arbitrary: fc.constant(["revoke all", revokeAll] as const) },
  { weight: 1, arbitrary: fc.constant(["set the password", setPassword] as const) },
  { weight: 1, arbitrary: fc.constant(["disable", disable] as const) },
  { weight: 2, arbitrary: fc.constant(["enable", enable] as const) },
  { weight: 1, arbitrary: fc.constant(["delete, restore, enable", leaveAndReturn] as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("user" as const, "admin" as const).map((to) => [`be ${to}`, setRole(to)] as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(1, 9, 10, 11, 599, 600, 3_599, 3_600, 7_200, -1, -10, -11, -3_600, -86_400)
      .map((seconds) => [`${seconds} s pass`, jump(seconds)] as const),
  },
);

const runs = { memory: 300, SQLite: 40 } as const;

describe.each(stores)("the life of sessions on $name", ({ name, open }) => {
  it("goes as the rules say, whatever happens in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const clock = steeredClock();
        const muster = await createMuster({
          store: open(),
          issuer,
          accessTokenSeconds,
          refreshTokenSeconds,
          sessionSeconds,
          refreshGraceSeconds: graceSeconds,
          throttling: false,
          ports: { clock, passwordHasher: quickHasher() },
        });
        try {
          await muster.users.create({ username: "root", role: "admin" });
          const { id: userId } = await muster.users.create({ username: "jane", password });
          const world: World = { status: "enabled", role: "user", lives: [] };
          const real: Real = { muster, clock, userId };
          for (const [, take] of steps) {
            await take(world, real);
            await agree(world, real);
          }
        } finally {
          await muster.close();
        }
      }),
      { numRuns: runs[name], interruptAfterTimeLimit: 30_000, markInterruptAsFailure: false },
    );
  });
});
