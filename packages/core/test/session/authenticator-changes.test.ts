import { describe, expect, it } from "vitest";
import type { Muster } from "../../src/muster.ts";
import { freshMilliseconds, type Known, roleOf, withFrozenPolling, withJane, withUser } from "../doubles/known-user.ts";
import { outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";
import { watchedStore } from "../doubles/watched-store.ts";

const changes: readonly (readonly [string, string, (muster: Muster, known: Known) => Promise<unknown>])[] = [
  ["disabled", "InvalidToken", (muster, { userId }) => muster.users.disable(userId)],
  ["deleted", "InvalidToken", (muster, { userId }) => muster.users.delete(userId)],
  [
    "given another password",
    "InvalidToken",
    (muster, { userId }) => muster.users.setPassword(userId, "quite another one"),
  ],
  ["logged out", "InvalidToken", (muster, { principal }) => muster.as(principal).sessions.logout()],
  ["without that session", "InvalidToken", (muster, { tokens }) => muster.sessions.revoke(tokens.sessionId)],
  ["without any session", "InvalidToken", (muster, { userId }) => muster.sessions.revokeAll(userId)],
  [
    "robbed of a refresh token",
    "InvalidToken",
    async (muster, { tokens }) => {
      const { refreshToken } = await muster.sessions.refresh(tokens.refreshToken);
      await muster.sessions.refresh(refreshToken);
      await outcomeOf(muster.sessions.refresh(tokens.refreshToken));
    },
  ],
  ["demoted", "user", (muster, { userId }) => muster.users.setRole(userId, "user")],
];

describe.each(stores)("access tokens of users who changed, on $name", ({ open }) => {
  it.each(changes)("obeys at once in this process when a user is %s", async (_what, then, change) => {
    const known = await withJane(await started({ store: open() }));
    await change(known.muster, known);
    expect(await roleOf(known.muster, known.tokens.accessToken)).toBe(then);
  });

  it("obeys within a second what another instance changed", async () => {
    const store = open();
    const muster = await started({ store });
    const elsewhere = await started({ store });
    await muster.users.create({ username: "root", password, role: "admin" });
    const begun: { readonly at: number; readonly role: Promise<string>; readonly then: string }[] = [];
    const users = await Promise.all(
      changes.map(async ([, then, change], index) => ({ then, change, ...(await withUser(muster, `jane${index}`)) })),
    );
    const check = () => {
      for (const { tokens, then } of users) {
        begun.push({ at: performance.now(), role: roleOf(muster, tokens.accessToken), then });
      }
    };
    check();
    for (const user of users) await user.change(elsewhere, user);
    const changedAt = performance.now();
    while (performance.now() < changedAt + 1_100) {
      check();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    check();
    for (const { at, role, then } of begun) if (at >= changedAt + 1_000) expect(await role).toBe(then);
  });

  it.each(changes)(
    "reads the feed before it answers when it is stale, and so obeys that a user is %s",
    async (_what, then, change) => {
      const time = withFrozenPolling();
      const module = open();
      const store = watchedStore(module);
      const known = await withJane(await started({ store }));
      const elsewhere = await started({ store: module });
      await change(elsewhere, known);
      time.pass(freshMilliseconds);
      expect(await roleOf(known.muster, known.tokens.accessToken)).toBe("admin");
      time.pass(1);
      store.statements.length = 0;
      expect(await roleOf(known.muster, known.tokens.accessToken)).toBe(then);
      expect(store.statements[0]?.name).toBe("accessChanges.since");
    },
  );

  it.each(changes)(
    "remembers nobody whose check read the old state while they were %s",
    async (_what, then, change) => {
      const store = watchedStore(open());
      const known = await withJane(await started({ store }));
      const { muster } = known;
      const second = await muster.sessions.login({ login: "jane", password });
      const principal = { ...known.principal, sessionId: second.sessionId };
      store.after.set("sessions.findHolder", () => change(muster, { ...known, tokens: second, principal }));
      await outcomeOf(muster.sessions.authenticate(second.accessToken));
      expect(await roleOf(muster, second.accessToken)).toBe(then);
    },
  );

  it("remembers nobody whose check read the old state while another instance disabled them", async () => {
    const time = withFrozenPolling();
    const module = open();
    const store = watchedStore(module);
    const known = await withJane(await started({ store }));
    const { muster, userId } = known;
    const elsewhere = await started({ store: module });
    const unseen = await muster.sessions.login({ login: "jane", password });

    // The feed is read after the change and before the check ends.
    store.after.set("sessions.findHolder", async () => {
      await elsewhere.users.disable(userId);
      time.pass(freshMilliseconds + 1);
      await outcomeOf(muster.sessions.authenticate(known.tokens.accessToken));
    });
    await outcomeOf(muster.sessions.authenticate(unseen.accessToken));
    expect(await outcomeOf(muster.sessions.authenticate(unseen.accessToken))).toBe("InvalidToken");

    // The check ends first, the feed is read after.
    await elsewhere.users.enable(userId);
    const again = await muster.sessions.login({ login: "jane", password });
    time.pass(freshMilliseconds + 1);
    store.after.set("sessions.findHolder", () => elsewhere.users.disable(userId));
    await outcomeOf(muster.sessions.authenticate(again.accessToken));
    time.pass(freshMilliseconds + 1);
    expect(await outcomeOf(muster.sessions.authenticate(again.accessToken))).toBe("InvalidToken");
  });
});
