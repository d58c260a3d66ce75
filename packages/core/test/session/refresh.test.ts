import { describe, expect, it } from "vitest";
import type { Muster } from "../../src/muster.ts";
import { openSession } from "../doubles/open-session.ts";
import { outcomeOf, password, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { writesOf } from "../doubles/watched-store.ts";

const day = 86_400_000;

describe.each(stores)("refreshing on $name", ({ open }) => {
  const reuses = async (muster: Muster): Promise<number> =>
    (await muster.audit.list({ type: "session.refresh_reused" })).items.length;

  it("spends a token for a new pair of the same session", async () => {
    const { muster, clock, first, userId } = await openSession(open());
    clock.advance(60_000);
    const second = await muster.sessions.refresh(first.refreshToken);
    expect(second.sessionId).toBe(first.sessionId);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(await muster.sessions.authenticate(second.accessToken)).toMatchObject({ userId });
    const [session] = await muster.sessions.list(userId);
    expect(session?.refreshedAt).toEqual(new Date(clock.now()));
  });

  it.each([50, 200])("answers %i callers at once the same successor, minted once", async (callers) => {
    const { muster, store, clock, first } = await openSession(open());
    clock.advance(60_000);
    store.statements.length = 0;
    const answers = await Promise.all(
      Array.from({ length: callers }, () => muster.sessions.refresh(first.refreshToken)),
    );
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(1);
    const rotations = store.statements.filter(({ name, answer }) => name === "sessions.rotate" && answer === true);
    expect(rotations).toHaveLength(1);
    expect(await reuses(muster)).toBe(0);
  });

  it("answers a spent token its successor within the grace, to the last millisecond", async () => {
    const { muster, clock, first } = await openSession(open());
    const second = await muster.sessions.refresh(first.refreshToken);
    clock.advance(10_000);
    expect(await muster.sessions.refresh(first.refreshToken)).toEqual(second);
    clock.advance(1);
    expect(await outcomeOf(muster.sessions.refresh(first.refreshToken))).toBe("InvalidRefreshToken");
    expect(await reuses(muster)).toBe(1);
  });

  it("does not lengthen the grace by answering within it", async () => {
    const { muster, clock, first } = await openSession(open(), { refreshGraceSeconds: 30 });
    const second = await muster.sessions.refresh(first.refreshToken);
    for (let step = 0; step < 3; step++) {
      clock.advance(10_000);
      expect(await muster.sessions.refresh(first.refreshToken)).toEqual(second);
    }
    clock.advance(1);
    expect(await outcomeOf(muster.sessions.refresh(first.refreshToken))).toBe("InvalidRefreshToken");
  });

  it("ends the grace when the successor is spent: the token before that is a reuse at once", async () => {
    const { muster, first } = await openSession(open());
    const second = await muster.sessions.refresh(first.refreshToken);
    const third = await muster.sessions.refresh(second.refreshToken);
    expect(await outcomeOf(muster.sessions.refresh(first.refreshToken))).toBe("InvalidRefreshToken");
    expect(await outcomeOf(muster.sessions.refresh(third.refreshToken))).toBe("InvalidRefreshToken");
  });

  it("knows no grace when it is 0", async () => {
    const { muster, first } = await openSession(open(), { refreshGraceSeconds: 0 });
    const second = await muster.sessions.refresh(first.refreshToken);
    expect(await outcomeOf(muster.sessions.refresh(first.refreshToken))).toBe("InvalidRefreshToken");
    expect(await outcomeOf(muster.sessions.refresh(second.refreshToken))).toBe("InvalidRefreshToken");
    expect(await reuses(muster)).toBe(1);
  });

  it("lets one of many callers win when there is no grace, and takes the others for thieves", async () => {
    const { muster, store, first } = await openSession(open(), { refreshGraceSeconds: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(muster.sessions.refresh(first.refreshToken))),
    );
    expect(outcomes.filter((outcome) => outcome === "success")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "InvalidRefreshToken")).toHaveLength(49);
    expect(writesOf(store).filter((name) => name === "sessions.revoke")).toHaveLength(1);
    expect(await reuses(muster)).toBe(1);
  });

  it("ends the session when any token of its past comes back, and says so once", async () => {
    const { muster, clock, first, userId } = await openSession(open());
    const generations = [first];
    for (let generation = 1; generation <= 6; generation++) {
      clock.advance(60_000);
      generations.push(await muster.sessions.refresh(generations.at(-1)?.refreshToken ?? ""));
    }
    const newest = generations.at(-1) ?? first;
    await muster.sessions.authenticate(newest.accessToken);
    const fiveAgo = generations.at(-6)?.refreshToken ?? "";
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(muster.sessions.refresh(fiveAgo))));
    expect(new Set(outcomes)).toEqual(new Set(["InvalidRefreshToken"]));
    expect(await outcomeOf(muster.sessions.refresh(newest.refreshToken))).toBe("InvalidRefreshToken");
    expect(await outcomeOf(muster.sessions.authenticate(newest.accessToken))).toBe("InvalidToken");
    const { items } = await muster.audit.list({ type: "session.refresh_reused" });
    expect(items).toMatchObject([{ userId, sessionId: first.sessionId, actor: { kind: "anonymous" }, changes: [] }]);
  });

  it("leaves the user's other sessions alone when one is reused", async () => {
    const { muster, first } = await openSession(open(), { refreshGraceSeconds: 0 });
    const other = await muster.sessions.login({ login: "jane", password });
    await muster.sessions.refresh(first.refreshToken);
    await outcomeOf(muster.sessions.refresh(first.refreshToken));
    expect(await outcomeOf(muster.sessions.authenticate(other.accessToken))).toBe("success");
    expect(await outcomeOf(muster.sessions.refresh(other.refreshToken))).toBe("success");
  });

  it("refuses whatever is no refresh token of this installation and tenant, without a statement", async () => {
    const { muster, store, first } = await openSession(open());
    const elsewhere = await openSession(open());
    const acme = muster.tenant("acme");
    await acme.users.create({ username: "jane", password });
    const ofAcme = await acme.sessions.login({ login: "jane", password });
    store.statements.length = 0;
    const text = first.refreshToken;
    const foreign = [
      ofAcme.refreshToken,
      elsewhere.first.refreshToken,
      first.accessToken,
      first.sessionId,
      "",
      `${text} `,
      ` ${text}`,
      `${text}=`,
      text.toUpperCase(),
      text.slice(4),
      `${text}${text}`,
      ...Array.from(
        text,
        (character, at) => `${text.slice(0, at)}${character === "A" ? "B" : "A"}${text.slice(at + 1)}`,
      ),
      ...Array.from(text, (_, at) => text.slice(0, at) + text.slice(at + 1)),
    ];
    for (const token of foreign) {
      expect(await outcomeOf(muster.sessions.refresh(token)), token).toBe("InvalidRefreshToken");
    }
    expect(store.statements).toEqual([]);
    expect(await outcomeOf(muster.sessions.refresh(text))).toBe("success");
  });

  it.each([null, undefined, 1, {}, { $ne: "" }, ["mrt_"], true])("refuses %j in place of a token", async (value) => {
    const { muster, store } = await openSession(open());
    store.statements.length = 0;
    expect(await outcomeOf(muster.sessions.refresh(value as never))).toBe("InvalidInput");
    expect(store.statements).toEqual([]);
  });

  it("refuses a token at the instant it expires, and after", async () => {
    for (const [lived, outcome] of [
      [30 * day - 1, "success"],
      [30 * day, "InvalidRefreshToken"],
      [300 * day, "InvalidRefreshToken"],
    ] as const) {
      const { muster, clock, first } = await openSession(open());
      clock.advance(lived);
      expect(await outcomeOf(muster.sessions.refresh(first.refreshToken)), String(lived)).toBe(outcome);
      expect(await reuses(muster)).toBe(0);
    }
  });

  it("ends a session at its absolute end, however often it is refreshed", async () => {
    const { muster, clock, first, userId } = await openSession(open(), {
      refreshTokenSeconds: 7_200,
      sessionSeconds: 36_000,
    });
    let tokens = first;
    for (let hour = 1; hour < 10; hour++) {
      clock.advance(3_600_000);
      tokens = await muster.sessions.refresh(tokens.refreshToken);
    }
    clock.advance(3_600_000 - 1);
    tokens = await muster.sessions.refresh(tokens.refreshToken);
    expect(tokens.expiresIn).toBeLessThanOrEqual(1);
    clock.advance(1);
    expect(await outcomeOf(muster.sessions.refresh(tokens.refreshToken))).toBe("InvalidRefreshToken");
    expect(await muster.sessions.list(userId)).toEqual([]);
  });

  it("goes on within the last second of a session", async () => {
    const clock = steeredClock(Date.UTC(2026, 5, 1) + 100);
    const muster = await started({ store: open(), sessionSeconds: 60, ports: { clock } });
    await muster.users.create({ username: "jane", password });
    const { refreshToken } = await muster.sessions.login({ login: "jane", password });
    clock.advance(59_950);
    const { accessToken, expiresIn } = await muster.sessions.refresh(refreshToken);
    expect(expiresIn).toBe(1);
    expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("success");
  });

  it("gives no access token that outlives its session", async () => {
    const { muster, clock, first } = await openSession(open(), {
      accessTokenSeconds: 900,
      refreshTokenSeconds: 120,
      sessionSeconds: 200,
    });
    expect(first.expiresIn).toBe(120);
    clock.advance(119_999);
    expect(await outcomeOf(muster.sessions.authenticate(first.accessToken))).toBe("success");
    const second = await muster.sessions.refresh(first.refreshToken);
    clock.advance(1);
    expect(await outcomeOf(muster.sessions.authenticate(first.accessToken))).toBe("InvalidToken");
    expect(await outcomeOf(muster.sessions.authenticate(second.accessToken))).toBe("success");
    clock.advance(80_000);
    expect(await outcomeOf(muster.sessions.authenticate(second.accessToken))).toBe("InvalidToken");
  });

  it("goes on after the role changed, and tells the new role", async () => {
    const { muster, first, userId } = await openSession(open());
    await muster.users.create({ username: "root", password, role: "admin" });
    await muster.users.setRole(userId, "admin");
    const second = await muster.sessions.refresh(first.refreshToken);
    expect(await muster.sessions.authenticate(second.accessToken)).toMatchObject({ role: "admin" });
    await muster.users.setRole(userId, "user");
    expect(await muster.sessions.authenticate(second.accessToken)).toMatchObject({ role: "user" });
  });

  it.each([
    ["back an hour", -3_600_000],
    ["forward a day", day],
  ])("revives nothing when the clock goes %s", async (_what, jump) => {
    const { muster, clock, first } = await openSession(open());
    clock.advance(60_000);
    const second = await muster.sessions.refresh(first.refreshToken);
    await muster.sessions.revoke(first.sessionId);
    clock.advance(jump);
    for (const { refreshToken, accessToken } of [first, second]) {
      expect(await outcomeOf(muster.sessions.refresh(refreshToken))).toBe("InvalidRefreshToken");
      expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("InvalidToken");
    }
  });

  it("takes a spent token for stolen when the clock went back by more than the grace", async () => {
    const { muster, clock, first } = await openSession(open());
    const second = await muster.sessions.refresh(first.refreshToken);
    clock.advance(-60_000);
    expect(await outcomeOf(muster.sessions.refresh(first.refreshToken))).toBe("InvalidRefreshToken");
    expect(await outcomeOf(muster.sessions.refresh(second.refreshToken))).toBe("InvalidRefreshToken");
  });
});
