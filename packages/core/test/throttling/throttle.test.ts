import { describe, expect, it } from "vitest";
import { TooManyAttempts } from "../../src/errors.ts";
import type { Muster } from "../../src/muster.ts";
import type { LoginCredentials } from "../../src/session/session-operations.ts";
import { quickHasher, watchedHasher } from "../doubles/hashers.ts";
import { failureOf, outcomeOf, password, type Started, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { namesOf, watchedStore } from "../doubles/watched-store.ts";

const wrong = "incorrect horse battery";
const at = (address: string) => ({ client: { address } });
const [home, elsewhere] = ["198.51.100.1", "203.0.113.1"];

const login = (muster: Muster, name: string, given = wrong, address: string | undefined = elsewhere) =>
  outcomeOf(muster.sessions.login({ login: name, password: given, ...(address === undefined ? {} : at(address)) }));

const failing = async (muster: Muster, count: number, credentials: (index: number) => LoginCredentials) => {
  const outcomes: string[] = [];
  for (let index = 0; index < count; index++) outcomes.push(await outcomeOf(muster.sessions.login(credentials(index))));
  return outcomes;
};

/** Another address each time. */
const botnet = (index: number) => at(`192.0.${2 + Math.floor(index / 250)}.${index % 250}`);

describe.each(stores)("guessing on $name", ({ open }) => {
  const scene = async (options: Partial<Started> = {}) => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ...options, ports: { clock, ...options.ports } });
    const jane = await muster.users.create({ username: "jane", email: "jane@example.com", password });
    return { muster, clock, jane };
  };

  it("makes wait after five failures, twice as long after each further one, whoever is named", async () => {
    const { muster, clock } = await scene();
    await muster.users.create({ username: "disabled", password, status: "disabled" });
    for (const name of ["jane", "nobody", "disabled"]) {
      expect(await failing(muster, 5, () => ({ login: name, password: wrong, ...at(elsewhere) }))).toEqual(
        Array(5).fill("InvalidCredentials"),
      );
      for (const seconds of [1, 2, 4, 8]) {
        const refusals = [
          await failureOf(muster.sessions.login({ login: name, password: wrong, ...at(elsewhere) })),
          await failureOf(muster.sessions.login({ login: name.toUpperCase(), password, ...at(elsewhere) })),
        ];
        for (const error of refusals) {
          expect(error).toBeInstanceOf(TooManyAttempts);
          expect(error).toMatchObject({
            retryAfterSeconds: seconds,
            message: new TooManyAttempts({ retryAfterSeconds: 1 }).message,
          });
        }
        clock.advance(seconds * 1_000);
        expect(await login(muster, name)).toBe("InvalidCredentials");
      }
    }
  });

  it("during a wait neither looks anybody up nor hashes, for a user with the right password as for nobody", async () => {
    const store = watchedStore(open());
    const hasher = watchedHasher(quickHasher());
    const muster = await started({ store, ports: { passwordHasher: hasher, clock: steeredClock() } });
    await muster.users.create({ username: "jane", password });
    const refusals: unknown[] = [];
    for (const name of ["jane", "nobody"]) {
      await failing(muster, 5, () => ({ login: name, password: wrong, ...at(elsewhere) }));
      hasher.reset();
      store.statements.length = 0;
      const error = await failureOf(muster.sessions.login({ login: name, password, ...at(elsewhere) }));
      refusals.push({ ...(error as Error), message: (error as Error).message });
      expect(namesOf(store)).toEqual(["attempts.find"]);
      expect(hasher.calls).toEqual({ hash: 0, verify: 0, verifyNothing: 0 });
    }
    expect(refusals[0]).toEqual(refusals[1]);
  });

  it("costs a login that succeeds one statement before the hash and one in its transaction", async () => {
    const store = watchedStore(open());
    const counted = async (throttling: false | object) => {
      const muster = await started({ store, throttling });
      const name = throttling === false ? "free" : "jane";
      await muster.users.create({ username: name, password });
      await muster.sessions.login({ login: name, password, ...at(home) });
      store.statements.length = 0;
      await muster.sessions.login({ login: name, password, ...at(home) });
      return namesOf(store);
    };
    const [without, withIt] = [await counted(false), await counted({})];
    expect(without.filter((name) => name.startsWith("attempts"))).toEqual([]);
    expect(withIt.filter((name) => !name.startsWith("attempts"))).toEqual(without);
    expect(withIt.filter((name) => name.startsWith("attempts"))).toEqual(["attempts.find", "attempts.recordSuccess"]);
  });

  it("costs a refused login the same statements, whoever is named", async () => {
    const store = watchedStore(open());
    const muster = await started({ store });
    await muster.users.create({ username: "jane", password });
    await muster.users.create({ username: "disabled", password, status: "disabled" });
    const seen: (readonly string[])[] = [];
    for (const [name, given] of [
      ["jane", wrong],
      ["nobody", wrong],
      ["disabled", password],
    ] as const) {
      store.statements.length = 0;
      expect(await login(muster, name, given)).toBe("InvalidCredentials");
      seen.push(namesOf(store));
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  // CVE-2026-93346: guesses sent at the same time passed the counter.
  it("tells 64 who guess at once no more than one who guesses after the other (CVE-2026-93346)", async () => {
    const module = open();
    const clock = steeredClock();
    const one = await started({ store: module, ports: { clock } });
    const two = await started({ store: module, ports: { clock } });
    await one.users.create({ username: "jane", password });
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, index) => login(index % 2 === 0 ? one : two, "jane")),
    );
    expect(outcomes.filter((outcome) => outcome === "InvalidCredentials")).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === "TooManyAttempts")).toHaveLength(59);
  });

  it("lets a right guess in only while wrong ones at the same time have not used up what is allowed", async () => {
    const hasher = watchedHasher(quickHasher());
    const { muster, jane } = await scene({ ports: { passwordHasher: hasher } });
    hasher.afterVerify = async () => {
      await failing(muster, 5, () => ({ login: "jane", password: wrong, ...at(elsewhere) }));
    };
    expect(await login(muster, "jane", password)).toBe("TooManyAttempts");
    expect(await muster.sessions.list(jane.id)).toEqual([]);
    hasher.afterVerify = async () => {
      await failing(muster, 10, (index) => ({ login: "jane", password: wrong, ...botnet(index) }));
    };
    expect(await login(muster, "jane", password, "203.0.113.9")).toBe("TooManyAttempts");
    expect(await muster.sessions.list(jane.id)).toEqual([]);
  });

  it("from many addresses makes wait after ten failures, but not where the user has been before", async () => {
    const { muster } = await scene();
    expect(await login(muster, "jane", password, home)).toBe("success");
    const outcomes = await failing(muster, 30, (index) => ({ login: "jane", password: wrong, ...botnet(index) }));
    expect(outcomes.filter((outcome) => outcome === "InvalidCredentials")).toHaveLength(10);
    expect(await login(muster, "jane", password, elsewhere)).toBe("TooManyAttempts");
    expect(await login(muster, "jane", password, home)).toBe("success");
  });

  it("takes no more than a hundred failures in a row, then one a day, however long it goes on", async () => {
    const { muster, clock } = await scene();
    let [refused, hundredth] = [0, 0];
    const start = clock.now();
    for (let index = 0; refused < 110; index++) {
      const error = await failureOf(muster.sessions.login({ login: "jane", password: wrong, ...botnet(index) }));
      if (error instanceof TooManyAttempts) clock.advance(error.retryAfterSeconds * 1_000);
      else refused++;
      if (refused === 100 && hundredth === 0) hundredth = clock.now();
    }
    expect(hundredth - start).toBeGreaterThan(70_000_000);
    expect((clock.now() - hundredth) / 86_400_000).toBeCloseTo(10, 1);
    expect(await login(muster, "jane", password, "198.51.100.77")).toBe("TooManyAttempts");
  });

  it("of many logins from one address makes wait after fifty, but not users it is familiar to, nor behind a proxy", async () => {
    const { muster } = await scene();
    await login(muster, "jane", password, elsewhere);
    const spray = (address: string, start: number) =>
      failing(muster, 60, (index) => ({ login: `user${start + index}`, password: wrong, ...at(address) }));
    const outcomes = await spray(elsewhere, 0);
    expect(outcomes.filter((outcome) => outcome === "InvalidCredentials")).toHaveLength(50);
    expect(await login(muster, "jane", password, elsewhere)).toBe("success");
    expect(await login(muster, "john", password, elsewhere)).toBe("TooManyAttempts");
    expect((await spray("10.0.0.1", 100)).filter((outcome) => outcome === "TooManyAttempts")).toEqual([]);
  });

  it("starts anew after a success from there", async () => {
    const { muster } = await scene();
    for (let round = 0; round < 5; round++) {
      expect(await failing(muster, 4, () => ({ login: "jane", password: wrong, ...at(elsewhere) }))).toEqual(
        Array(4).fill("InvalidCredentials"),
      );
      expect(await login(muster, "jane@example.com", password)).toBe("success");
      expect(await login(muster, "jane", password)).toBe("success");
    }
  });

  it("of clients without an address counts them as one", async () => {
    const { muster } = await scene();
    const bare = { login: "jane", password: wrong };
    expect(await failing(muster, 6, () => bare)).toEqual([...Array(5).fill("InvalidCredentials"), "TooManyAttempts"]);
    const odd = { ...bare, client: { address: "not an address" } };
    expect(await outcomeOf(muster.sessions.login(odd))).toBe("TooManyAttempts");
    expect(await login(muster, "jane", password, home)).toBe("success");
  });

  it("is forgiven by a new password, and by an admin, for both names", async () => {
    const { muster, jane } = await scene();
    const names = ["jane", "jane@example.com"];
    const lock = () =>
      Promise.all(
        names.map((name) => failing(muster, 20, (index) => ({ login: name, password: wrong, ...botnet(index) }))),
      );
    await lock();
    for (const name of names) expect(await login(muster, name, password)).toBe("TooManyAttempts");
    await muster.users.unlock(jane.id);
    for (const name of names) expect(await login(muster, name, password)).toBe("success");
    await lock();
    await muster.users.setPassword(jane.id, "another horse battery");
    for (const name of names) {
      expect(await login(muster, name, "another horse battery", "198.51.100.50")).toBe("success");
    }
  });

  it("is told to the audit log, of users only; the end by hand as well", async () => {
    const { muster, jane } = await scene();
    await failing(muster, 7, () => ({ login: "jane", password: wrong, ...at(elsewhere) }));
    await failing(muster, 7, () => ({ login: "nobody", password: wrong, ...at(elsewhere) }));
    await muster.users.unlock(jane.id);
    await expect
      .poll(async () => (await muster.audit.list({ userId: jane.id })).items.map(({ type }) => type).sort())
      .toEqual(["user.created", "user.locked", "user.unlocked"]);
    expect((await muster.audit.list({ type: "user.locked" })).items).toHaveLength(1);
  });

  it("is counted although a hook refuses to hear of it", async () => {
    const { muster } = await scene({
      hooks: {
        beforeCommit: (event) => {
          if (JSON.stringify(event).includes("user.locked")) throw new Error("no");
        },
      },
    });
    const outcomes = await failing(muster, 6, () => ({ login: "jane", password: wrong, ...at(elsewhere) }));
    expect(outcomes).toEqual([...Array(5).fill("InvalidCredentials"), "TooManyAttempts"]);
  });

  it("is counted in each tenant apart, and can be switched off", async () => {
    const { muster } = await scene();
    await muster.tenant("acme").users.create({ username: "jane", password });
    await failing(muster, 6, () => ({ login: "jane", password: wrong, ...at(elsewhere) }));
    const there = muster.tenant("acme").sessions.login({ login: "jane", password, ...at(elsewhere) });
    expect(await outcomeOf(there)).toBe("success");
    const free = await scene({ throttling: false });
    const outcomes = await failing(free.muster, 120, () => ({ login: "jane", password: wrong, ...at(elsewhere) }));
    expect(new Set(outcomes)).toEqual(new Set(["InvalidCredentials"]));
  });

  it("leaves nothing behind once it is forgotten, and nothing that was typed before that", async () => {
    const module = open();
    const store = watchedStore(module);
    const clock = steeredClock();
    const muster = await started({ store, ports: { clock } });
    await failing(muster, 3, () => ({ login: "typed-by-mistake", password: wrong, ...at(elsewhere) }));
    const states = JSON.stringify(store.statements.filter(({ name }) => name.startsWith("attempts.")));
    expect(states).not.toMatch(/typed|203\.0/);
    await muster.users.purgeExpired();
    clock.advance(3 * 86_400_000);
    store.statements.length = 0;
    await muster.users.purgeExpired();
    const removed = store.statements.filter(({ name }) => name === "attempts.removeExpiredBefore");
    expect(removed.map(({ answer }) => answer)).toEqual([3]);
  });
});

it.each([
  [{ pairFailures: 1 }, "pairFailures"],
  [{ ceiling: 101 }, "ceiling"],
  [{ firstWaitSeconds: 0.5 }, "firstWaitSeconds"],
  [{ longestWaitSeconds: 1, firstWaitSeconds: 2 }, "longestWaitSeconds"],
  [{ ceilingWaitSeconds: 10 }, "ceilingWaitSeconds"],
  [true, "throttling"],
])("does not start with %j", async (throttling, name) => {
  const error = await failureOf(started({ store: stores[0]?.open() as never, throttling: throttling as never }));
  expect(error).toMatchObject({ _tag: "InvalidConfiguration", message: expect.stringContaining(name) });
});
