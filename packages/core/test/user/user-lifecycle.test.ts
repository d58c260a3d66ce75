import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LifecycleEvent, lifecycle, type Muster, type User, type UserStatus } from "../../src/index.ts";
import { legalMoves, transition } from "../../src/user/lifecycle.ts";
import { stores } from "../doubles/stores.ts";
import { aClock, anInstance, aPerson, day, events, numberOfUsers, outcome, refusal } from "../instance.ts";

const statuses = ["pending", "enabled", "disabled", "deleted"] as const satisfies readonly UserStatus[];
const allEvents = ["enable", "disable", "delete", "restore", "purge"] as const satisfies readonly LifecycleEvent[];
const password = "correct horse battery";

/** The table again, as a user would say it. */
const legal: Readonly<Record<UserStatus, Partial<Record<LifecycleEvent, UserStatus | "purged">>>> = {
  pending: { enable: "enabled", disable: "disabled", delete: "deleted" },
  enabled: { disable: "disabled", delete: "deleted" },
  disabled: { enable: "enabled", delete: "deleted" },
  deleted: { restore: "disabled", purge: "purged" },
};

const somebodyWho = async (muster: Muster, status: UserStatus, given = {}): Promise<User> => {
  if (status !== "deleted") return aPerson(muster, { ...given, status });
  return muster.users.delete((await aPerson(muster, given)).id);
};

const statusOf = async (muster: Muster, id: string): Promise<UserStatus | "purged"> =>
  (await outcome(muster.users.get(id))) === "UserNotFound" ? "purged" : (await muster.users.get(id)).status;

test("the table of the lifecycle is the one that is documented", () => {
  expect(lifecycle).toEqual(legal);
  for (const status of statuses)
    for (const event of allEvents) expect(transition(status, event)).toBe(legal[status][event]);
  expect(legalMoves).toHaveLength(8);
});

describe.each(stores)("the lifecycle in the $name store", ({ open }) => {
  const pairs = statuses.flatMap((status) => allEvents.map((event) => ({ status, event, to: legal[status][event] })));

  test.each(pairs)("$event of a user who is $status", async ({ status, event, to }) => {
    const muster = await anInstance({ store: open() });
    const user = await somebodyWho(muster, status);
    const before = await events(muster);
    if (to === undefined) {
      expect(await refusal(muster.users[event](user.id))).toMatchObject({ _tag: "IllegalTransition", status, event });
      expect(await muster.users.get(user.id)).toEqual(user);
      expect(await events(muster)).toEqual(before);
      return;
    }
    await muster.users[event](user.id);
    expect(await statusOf(muster, user.id)).toBe(to);
    expect(await events(muster)).toHaveLength(before.length + 1);
    if (to === "purged") return;
    const after = await muster.users.get(user.id);
    expect(after.version).toBe(user.version + 1);
    expect(after.deletedAt).toEqual(to === "deleted" ? expect.any(Date) : null);
  });

  test("two users go through thirty random events as the table says, and an admin is always left", async () => {
    const step = fc.record({ who: fc.constantFrom(0, 1), event: fc.constantFrom(...allEvents, "demote", "promote") });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 30 }), async (steps) => {
        const muster = await anInstance({ store: open() });
        const users: { id: string; status: UserStatus | "purged"; role: User["role"] }[] = [];
        for (const role of ["admin", "user"] as const)
          users.push({ id: (await aPerson(muster, { role })).id, status: "enabled", role });
        for (const { who, event } of steps) {
          const user = users[who];
          if (user === undefined) throw new Error("There are two users.");
          const isLastAdmin =
            user.role === "admin" &&
            user.status === "enabled" &&
            !users.some((it) => it !== user && it.role === "admin" && it.status === "enabled");
          if (event === "demote" || event === "promote") {
            const role = event === "promote" ? "admin" : "user";
            const expected =
              user.status === "purged" ? "UserNotFound" : isLastAdmin && role === "user" ? "LastAdmin" : "ok";
            expect(await outcome(muster.users.setRole(user.id, role))).toBe(expected);
            if (expected === "ok") user.role = role;
            continue;
          }
          const to = user.status === "purged" ? undefined : legal[user.status][event];
          const expected =
            user.status === "purged"
              ? "UserNotFound"
              : to === undefined
                ? "IllegalTransition"
                : isLastAdmin
                  ? "LastAdmin"
                  : "ok";
          expect(await outcome(muster.users[event](user.id))).toBe(expected);
          if (expected === "ok" && to !== undefined) user.status = to;
          expect(await statusOf(muster, user.id)).toBe(user.status);
        }
        expect((await muster.users.count({ role: "admin", status: "enabled" })).count).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  test("the last enabled admin cannot be disabled, deleted or demoted; disabled admins do not count", async () => {
    const muster = await anInstance({ store: open() });
    const boss = await aPerson(muster, { role: "admin" });
    await somebodyWho(muster, "disabled", { role: "admin" });
    await somebodyWho(muster, "pending", { role: "admin" });
    await somebodyWho(muster, "deleted", { role: "user" });
    await muster.tenant("acme").users.create({ username: "boss", role: "admin" });
    expect(await outcome(muster.users.disable(boss.id))).toBe("LastAdmin");
    expect(await outcome(muster.users.delete(boss.id))).toBe("LastAdmin");
    expect(await outcome(muster.users.setRole(boss.id, "user"))).toBe("LastAdmin");
    expect(await muster.users.get(boss.id)).toEqual(boss);
    await aPerson(muster, { role: "admin" });
    expect(await outcome(muster.users.setRole(boss.id, "user"))).toBe("ok");
  });

  test("an admin who is not enabled keeps nobody in and can go, even when there is no other", async () => {
    const muster = await anInstance({ store: open() });
    const waiting = await somebodyWho(muster, "pending", { role: "admin" });
    const shutOut = await somebodyWho(muster, "disabled", { role: "admin" });
    expect(await outcome(muster.users.disable(waiting.id))).toBe("ok");
    expect(await outcome(muster.users.setRole(waiting.id, "user"))).toBe("ok");
    expect(await outcome(muster.users.delete(shutOut.id))).toBe("ok");
  });

  test.each(["disable", "delete", "setRole"] as const)(
    "of the last two admins only one goes when both are taken at once (%s)",
    async (way) => {
      const muster = await anInstance({ store: open() });
      const admins = [await aPerson(muster, { role: "admin" }), await aPerson(muster, { role: "admin" })];
      const outcomes = await Promise.all(
        admins.map(({ id }) => outcome(way === "setRole" ? muster.users.setRole(id, "user") : muster.users[way](id))),
      );
      expect(outcomes.sort()).toEqual(["LastAdmin", "ok"]);
      expect((await muster.users.count({ role: "admin", status: "enabled" })).count).toBe(1);
    },
  );

  test("of twenty who disable one user at once, one does", async () => {
    const muster = await anInstance({ store: open() });
    const { id } = await aPerson(muster);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(muster.users.disable(id))));
    expect(outcomes.filter((it) => it === "ok")).toHaveLength(1);
    expect(outcomes.filter((it) => it === "IllegalTransition")).toHaveLength(19);
    expect(await events(muster)).toHaveLength(2);
  });

  test("names of a deleted user stay reserved, come back with restore, and are free after purge", async () => {
    const muster = await anInstance({ store: open() });
    const names = { username: "jane", email: "jane@x.example" };
    const jane = await muster.users.create(names);
    await muster.users.delete(jane.id);
    expect(await outcome(muster.users.create({ username: "JANE" }))).toBe("UsernameTaken");
    expect(await outcome(muster.users.create({ email: "JANE@x.example" }))).toBe("EmailTaken");
    expect(await outcome(muster.users.create({ id: jane.id, username: "x" }))).toBe("UserIdTaken");
    expect(await muster.users.restore(jane.id)).toMatchObject({ ...names, status: "disabled", deletedAt: null });
    await muster.users.delete(jane.id);
    await muster.users.purge(jane.id);
    expect(await outcome(muster.users.get(jane.id))).toBe("UserNotFound");
    expect(await outcome(muster.users.create({ ...names, id: jane.id }))).toBe("ok");
  });

  test("purge can name a version, and refuses another", async () => {
    const muster = await anInstance({ store: open() });
    const { id } = await somebodyWho(muster, "deleted");
    expect(await refusal(muster.users.purge(id, { version: 1 }))).toMatchObject({
      _tag: "VersionMismatch",
      expected: 1,
      current: 2,
    });
    expect(await outcome(muster.users.purge(id, { version: 2 }))).toBe("ok");
  });

  test("users deleted longer ago than the retention are purged, in batches, and nobody else", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), retentionDays: 7, ports: { clock } });
    const kept = await aPerson(muster);
    const old = await Promise.all(Array.from({ length: 205 }, () => aPerson(muster)));
    await muster.tenant("acme").users.delete((await muster.tenant("acme").users.create({ username: "other" })).id);
    await Promise.all(old.map(({ id }) => muster.users.delete(id)));
    clock.wait(1);
    const young = await somebodyWho(muster, "deleted", { username: "young" });
    clock.set(Date.UTC(2026, 0, 1) + 7 * day);
    expect(await muster.users.purgeExpired()).toBe(0);
    clock.wait(1);
    expect(await muster.users.purgeExpired()).toBe(205);
    expect(await muster.users.purgeExpired()).toBe(0);
    expect(await numberOfUsers(muster)).toBe(2);
    expect(await muster.users.get(young.id)).toEqual(young);
    expect(await muster.users.get(kept.id)).toEqual(kept);
    expect(await muster.tenant("acme").users.count()).toMatchObject({ count: 1 });
    const purged = await muster.audit.list({ type: "user.purged", limit: 100 });
    expect(purged.items).toHaveLength(100);
    expect(purged.nextCursor).not.toBeNull();
    clock.wait(1);
    expect(await muster.users.purgeExpired()).toBe(1);
  });

  test("a deleted user is kept for thirty days when nothing else is said", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    await somebodyWho(muster, "deleted");
    clock.wait(30 * day);
    expect(await muster.users.purgeExpired()).toBe(0);
    clock.wait(1);
    expect(await muster.users.purgeExpired()).toBe(1);
  });
});

describe("sessions", () => {
  const loggedIn = async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", password });
    const login = () => muster.sessions.login({ login: "jane", password });
    const session = await login();
    await muster.sessions.authenticate(session.accessToken);
    const isOut = async () => {
      expect(await outcome(muster.sessions.authenticate(session.accessToken))).toBe("InvalidToken");
      expect(await outcome(muster.sessions.refresh(session.refreshToken))).toBe("InvalidRefreshToken");
      expect(await muster.sessions.list(id)).toEqual([]);
    };
    return { muster, id, login, isOut };
  };

  test("end when the user is disabled, and enabling does not bring them back", async () => {
    const { muster, id, login, isOut } = await loggedIn();
    await muster.users.disable(id);
    await isOut();
    expect(await outcome(login())).toBe("InvalidCredentials");
    await muster.users.enable(id);
    await isOut();
    expect(await outcome(login())).toBe("ok");
  });

  test("end when the user is deleted; restored and enabled, the user logs in anew", async () => {
    const { muster, id, login, isOut } = await loggedIn();
    await muster.users.delete(id);
    await isOut();
    await muster.users.restore(id);
    await isOut();
    expect(await outcome(login())).toBe("InvalidCredentials");
    await muster.users.enable(id);
    await isOut();
    expect(await outcome(login())).toBe("ok");
  });

  test("cannot be opened while pending", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", password, status: "pending" });
    expect(await outcome(muster.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
    await muster.users.enable(id);
    expect(await outcome(muster.sessions.login({ login: "jane", password }))).toBe("ok");
  });

  test("speak for the role as it is: a promotion holds for tokens given out before", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", password });
    const { accessToken } = await muster.sessions.login({ login: "jane", password });
    expect(await muster.sessions.authenticate(accessToken)).toMatchObject({ role: "user" });
    await muster.users.setRole(id, "admin");
    expect(await muster.sessions.authenticate(accessToken)).toMatchObject({ role: "admin" });
  });
});
