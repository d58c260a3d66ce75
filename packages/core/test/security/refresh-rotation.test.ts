import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import { outcomeOf, password, started } from "../doubles/running.ts";
import { secondProcess } from "../doubles/second-process.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { newFile, stores } from "../doubles/stores.ts";
import { watchedStore } from "../doubles/watched-store.ts";

const onFile = (file: string): StoreModule => sqliteStore(file) as StoreModule<never>;

describe.each(stores)("published faults of refresh tokens, on $name", ({ open }) => {
  it("C-01 CVE-2026-53517: of 64 callers with one token exactly one rotates it, and the family has one live token", async () => {
    const store = watchedStore(open());
    const clock = steeredClock();
    const muster = await started({ store, ports: { clock } });
    await muster.users.create({ username: "jane", password });
    const family = [await muster.sessions.login({ login: "jane", password })];
    for (let round = 0; round < 20; round++) {
      store.statements.length = 0;
      const presented = family.at(-1)?.refreshToken ?? "";
      const answers = await Promise.all(Array.from({ length: 64 }, () => muster.sessions.refresh(presented)));
      expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
      const rotated = store.statements.filter(({ name, answer }) => name === "sessions.rotate" && answer === true);
      expect(rotated).toHaveLength(1);
      family.push(...answers.slice(0, 1));
    }
    clock.advance(60_000);
    expect(await outcomeOf(muster.sessions.refresh(family.at(-1)?.refreshToken ?? ""))).toBe("success");
    for (const { refreshToken } of family) {
      expect(await outcomeOf(muster.sessions.refresh(refreshToken))).toBe("InvalidRefreshToken");
    }
  });

  it("C-03 CVE-2026-126280: who loses the rotation gets the answer of a reuse, which is written down once", async () => {
    const module = open();
    const [one, two] = await Promise.all([
      started({ store: module, refreshGraceSeconds: 0 }),
      started({ store: module, refreshGraceSeconds: 0 }),
    ]);
    await one.users.create({ username: "jane", password });
    const { refreshToken } = await one.sessions.login({ login: "jane", password });
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, index) => outcomeOf((index % 2 ? one : two).sessions.refresh(refreshToken))),
    );
    expect(outcomes.filter((outcome) => outcome === "success")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "InvalidRefreshToken")).toHaveLength(63);
    expect((await one.audit.list({ type: "session.refresh_reused" })).items).toHaveLength(1);
  });

  it("C-04 CVE-2026-50631: one refresh token yields one access token, however many ask and whenever", async () => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ports: { clock } });
    await muster.users.create({ username: "jane", password });
    const { refreshToken } = await muster.sessions.login({ login: "jane", password });
    const minted = new Set<string>();
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      const answers = await Promise.all(Array.from({ length: 20 }, () => muster.sessions.refresh(refreshToken)));
      for (const { accessToken } of answers) minted.add(accessToken);
    }
    expect(minted.size).toBe(1);
  });

  it("C-14 CVE-2026-18363: every path refuses what expired", async () => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ports: { clock }, refreshTokenSeconds: 300 });
    const { id } = await muster.users.create({ username: "jane", password });
    const { refreshToken, accessToken, sessionId } = await muster.sessions.login({ login: "jane", password });
    const jane = muster.as(await muster.sessions.authenticate(accessToken));
    clock.advance(300_000);
    expect(await outcomeOf(muster.sessions.refresh(refreshToken))).toBe("InvalidRefreshToken");
    expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("InvalidToken");
    expect(await outcomeOf(muster.sessions.revoke(sessionId))).toBe("SessionNotFound");
    expect(await outcomeOf(jane.sessions.logout())).toBe("SessionNotFound");
    expect(await muster.sessions.list(id)).toEqual([]);
    expect(await muster.sessions.revokeAll(id)).toBe(0);
  });

  it("C-51 CVE-2026-109140: a hundred restarts repeat no id and no token, though the clock stands still", async () => {
    const store = open();
    const clock = steeredClock();
    const first = await started({ store, ports: { clock } });
    await first.users.create({ username: "jane", password });
    const seen = new Set<string>();
    for (let count = 0; count < 100; count++) {
      const muster = await started({ store, ports: { clock } });
      const { sessionId, refreshToken, accessToken } = await muster.sessions.login({ login: "jane", password });
      for (const text of [sessionId, refreshToken, accessToken]) seen.add(text);
      await muster.close();
    }
    expect(seen.size).toBe(300);
    expect((await first.audit.list({ limit: 100 })).items).toHaveLength(100);
  });
});

describe("two processes on one SQLite file", () => {
  it("C-02 CVE-2026-1035: rotate a token once between them, and hand out one successor", async () => {
    const file = newFile();
    const muster = await started({ store: onFile(file) });
    await muster.users.create({ username: "jane", password });
    const other = await secondProcess(file);
    let { refreshToken } = await muster.sessions.login({ login: "jane", password });
    for (let round = 0; round < 20; round++) {
      const presented = refreshToken;
      const [there, here] = await Promise.all([
        other.refresh(presented, 32),
        Promise.all(Array.from({ length: 32 }, () => muster.sessions.refresh(presented))),
      ]);
      const answers = new Set([...there, ...here].map((answer) => JSON.stringify(answer)));
      expect([...answers]).toEqual([JSON.stringify(here[0])]);
      refreshToken = here[0]?.refreshToken ?? "";
    }
    expect((await muster.audit.list({ type: "session.refresh_reused" })).items).toEqual([]);
  });

  it("C-05 CVE-2026-9802: what was revoked stays so when the process is killed right after its answer", async () => {
    const file = newFile();
    const muster = await started({ store: onFile(file) });
    await muster.users.create({ username: "jane", password });
    for (let round = 0; round < 3; round++) {
      const other = await secondProcess(file);
      const tokens = await muster.sessions.login({ login: "jane", password });
      expect(await other.order({ revoke: tokens.sessionId })).toBeUndefined();
      await other.kill();
      const restarted = await started({ store: onFile(file) });
      expect(await outcomeOf(restarted.sessions.refresh(tokens.refreshToken))).toBe("InvalidRefreshToken");
      expect(await outcomeOf(restarted.sessions.authenticate(tokens.accessToken))).toBe("InvalidToken");
    }
  });

  it("obey each other within a second", async () => {
    const file = newFile();
    const muster = await started({ store: onFile(file) });
    const { id } = await muster.users.create({ username: "jane", password });
    const { accessToken } = await muster.sessions.login({ login: "jane", password });
    const other = await secondProcess(file);
    expect(await other.order({ authenticate: accessToken })).toMatchObject({ userId: id });
    await muster.users.disable(id);
    const disabledAt = performance.now();
    while (performance.now() - disabledAt < 1_000) {
      await other.order({ authenticate: accessToken });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await other.order({ authenticate: accessToken })).toBe("InvalidToken");
  });
});
