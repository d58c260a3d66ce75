import { onTestFinished, vi } from "vitest";
import type { Muster } from "../../src/muster.ts";
import type { Principal, SessionTokens } from "../../src/session/session.ts";
import { password } from "./running.ts";

/** How long an instance trusts what it remembers without reading the feed. */
export const freshMilliseconds = 800;

/** Monotonic time that passes on command, and a process whose timers never get their turn. */
export const withFrozenPolling = (): { readonly pass: (milliseconds: number) => void } => {
  let time = 1_000_000;
  const now = vi.spyOn(performance, "now").mockImplementation(() => time);
  const timers = vi.spyOn(globalThis, "setInterval").mockImplementation(() => setTimeout(() => {}, 0));
  onTestFinished(() => {
    now.mockRestore();
    timers.mockRestore();
  });
  return {
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
};

/** A user whose token was checked before. */
export interface Known {
  readonly muster: Muster;
  readonly userId: string;
  readonly tokens: SessionTokens;
  readonly principal: Principal;
}

/** Jane, whose token was checked before. An admin is there beside her. */
export const withJane = async (muster: Muster): Promise<Known> => {
  await muster.users.create({ username: "root", password, role: "admin" });
  return withUser(muster, "jane");
};

/** A user with this name, an admin, whose token was checked before. */
export const withUser = async (muster: Muster, username: string): Promise<Known> => {
  const { id: userId } = await muster.users.create({ username, password, role: "admin" });
  const tokens = await muster.sessions.login({ login: username, password });
  return { muster, userId, tokens, principal: await muster.sessions.authenticate(tokens.accessToken) };
};

/** The role a token speaks with, or the error it is refused with. */
export const roleOf = async (muster: Muster, token: string): Promise<string> => {
  try {
    return (await muster.sessions.authenticate(token)).role;
  } catch (error) {
    return error instanceof Error && "_tag" in error ? String(error._tag) : String(error);
  }
};
