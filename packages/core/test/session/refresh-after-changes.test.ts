import { describe, expect, it } from "vitest";
import { type OpenSession, openSession } from "../doubles/open-session.ts";
import { outcomeOf, password } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";

const endings: readonly (readonly [string, (open: OpenSession) => Promise<unknown>])[] = [
  ["the user was disabled", ({ muster, userId }) => muster.users.disable(userId)],
  ["the user was deleted", ({ muster, userId }) => muster.users.delete(userId)],
  ["the password was set", ({ muster, userId }) => muster.users.setPassword(userId, "another horse battery")],
  [
    "the password was changed",
    async ({ muster, first }) => {
      const jane = muster.as(await muster.sessions.authenticate(first.accessToken));
      await jane.users.changePassword(password, "another horse battery");
    },
  ],
  [
    "the user was disabled and enabled again",
    async ({ muster, userId }) => {
      await muster.users.disable(userId);
      await muster.users.enable(userId);
    },
  ],
  [
    "the user was deleted, restored and enabled",
    async ({ muster, userId }) => {
      await muster.users.delete(userId);
      await muster.users.restore(userId);
      await muster.users.enable(userId);
    },
  ],
  [
    "the user was purged and made anew with the same id and name",
    async ({ muster, userId }) => {
      await muster.users.delete(userId);
      await muster.users.purge(userId);
      await muster.users.create({ id: userId, username: "jane", password });
    },
  ],
  [
    "the user logged out",
    async ({ muster, first }) => muster.as(await muster.sessions.authenticate(first.accessToken)).sessions.logout(),
  ],
  ["the session was revoked", ({ muster, first }) => muster.sessions.revoke(first.sessionId)],
  ["all sessions were revoked", ({ muster, userId }) => muster.sessions.revokeAll(userId)],
];

describe.each(stores)("tokens that outlived what they were for, on $name", ({ open }) => {
  it.each(endings)("refuses every token of a session after %s", async (_what, end) => {
    const session = await openSession(open());
    const { muster, first } = session;
    const second = await muster.sessions.refresh(first.refreshToken);
    await muster.sessions.authenticate(second.accessToken);
    await end(session);
    for (const { refreshToken, accessToken } of [first, second]) {
      expect(await outcomeOf(muster.sessions.refresh(refreshToken))).toBe("InvalidRefreshToken");
      expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("InvalidToken");
    }
  });
});
