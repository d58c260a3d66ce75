import { describe, expect, it } from "vitest";
import type { Muster } from "../../src/muster.ts";
import { outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";

/** What ends the access of a user whose password is `password`, with the state it leaves. */
const endings: readonly (readonly [string, (muster: Muster, id: string) => Promise<unknown>])[] = [
  ["disabled", (muster, id) => muster.users.disable(id)],
  ["deleted", (muster, id) => muster.users.delete(id)],
  [
    "deleted and restored",
    async (muster, id) => {
      await muster.users.delete(id);
      await muster.users.restore(id);
    },
  ],
  [
    "purged",
    async (muster, id) => {
      await muster.users.delete(id);
      await muster.users.purge(id);
    },
  ],
];

describe.each(stores)("published faults of access that should have ended, on $name", ({ open }) => {
  const withJane = async () => {
    const muster = await started({ store: open() });
    const { id } = await muster.users.create({ username: "jane", password });
    const tokens = await muster.sessions.login({ login: "jane", password });
    const principal = await muster.sessions.authenticate(tokens.accessToken);
    return { muster, id, tokens, jane: muster.as(principal) };
  };

  it.each(endings)("C-06 CVE-2026-1609: nothing that hands out tokens serves a user who is %s", async (_what, end) => {
    const { muster, id, tokens } = await withJane();
    await end(muster, id);
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
    expect(await outcomeOf(muster.sessions.refresh(tokens.refreshToken))).toBe("InvalidRefreshToken");
  });

  it("C-06 CVE-2026-1609: nothing that hands out tokens serves a user who is pending", async () => {
    const muster = await started({ store: open() });
    await muster.users.create({ username: "jane", password, status: "pending" });
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
  });

  it.each(endings)("C-07 GHSA-2vg6-77g8-24mp: no session outlives a user who is %s", async (_what, end) => {
    const { muster, id, tokens } = await withJane();
    await end(muster, id);
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("InvalidToken");
    expect(await outcomeOf(muster.sessions.refresh(tokens.refreshToken))).toBe("InvalidRefreshToken");
    expect(await muster.sessions.list(id)).toEqual([]);
  });

  it("C-08 CVE-2026-97056, CVE-2026-81826: every event that ends sessions ends every token of each of them", async () => {
    const events = [
      ...endings.map(([, end]) => end),
      (muster: Muster, id: string) => muster.users.setPassword(id, "another horse battery"),
      (muster: Muster, id: string) => muster.sessions.revokeAll(id),
    ];
    for (const end of events) {
      const { muster, id, tokens } = await withJane();
      const others = await Promise.all([1, 2].map(() => muster.sessions.login({ login: "jane", password })));
      const rotated = await muster.sessions.refresh(tokens.refreshToken);
      for (const { accessToken } of others.slice(1)) await muster.sessions.authenticate(accessToken);
      await end(muster, id);
      for (const { accessToken, refreshToken } of [tokens, rotated, ...others]) {
        expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("InvalidToken");
        expect(await outcomeOf(muster.sessions.refresh(refreshToken))).toBe("InvalidRefreshToken");
      }
    }
  });

  it("C-09 GHSA-x4vh-j75g-268g: a refresh token from before a new password is dead, however it was set", async () => {
    const { muster, id, tokens, jane } = await withJane();
    await jane.users.changePassword(password, "another horse battery");
    expect(await outcomeOf(muster.sessions.refresh(tokens.refreshToken))).toBe("InvalidRefreshToken");
    const later = await muster.sessions.login({ login: "jane", password: "another horse battery" });
    await muster.users.setPassword(id, password);
    expect(await outcomeOf(muster.sessions.refresh(later.refreshToken))).toBe("InvalidRefreshToken");
  });

  it("C-08 CVE-2026-97056: a change of the password that fails ends nothing", async () => {
    const { muster, tokens, jane } = await withJane();
    const wrong = jane.users.changePassword("not the old password", "another horse battery");
    expect(await outcomeOf(wrong)).toBe("InvalidCredentials");
    expect(await outcomeOf(jane.users.changePassword(password, "short"))).toBe("InvalidInput");
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("success");
  });

  it("C-49 CVE-2026-7507, CVE-2025-12390: a login adopts no id from its caller, and no id is used twice", async () => {
    const { muster, id, tokens } = await withJane();
    const chosen = { login: "jane", password, sessionId: tokens.sessionId, id: tokens.sessionId };
    expect(await outcomeOf(muster.sessions.login(chosen))).toBe("InvalidInput");
    await muster.users.delete(id);
    await muster.users.purge(id);
    await muster.users.create({ id, username: "jane", password });
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("InvalidToken");
    const again = await muster.sessions.login({ login: "jane", password });
    expect(again.sessionId).not.toBe(tokens.sessionId);
    expect(await outcomeOf(muster.sessions.authenticate(tokens.accessToken))).toBe("InvalidToken");
  });

  it("C-54 CVE-2026-60053: the role is what is stored now, whatever it was when the token was made", async () => {
    const muster = await started({ store: open() });
    await muster.users.create({ username: "root", role: "admin" });
    const { id } = await muster.users.create({ username: "jane", password, role: "admin" });
    const { accessToken, refreshToken } = await muster.sessions.login({ login: "jane", password });
    expect((await muster.sessions.authenticate(accessToken)).role).toBe("admin");
    await muster.users.setRole(id, "user");
    const later = await muster.sessions.refresh(refreshToken);
    for (const token of [accessToken, later.accessToken]) {
      const principal = await muster.sessions.authenticate(token);
      expect(principal.role).toBe("user");
      expect(await outcomeOf(muster.as(principal).users.disable(id))).toBe("Forbidden");
      expect(await outcomeOf(muster.as(principal).audit.list())).toBe("Forbidden");
    }
  });
});
