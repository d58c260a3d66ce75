import type { Muster } from "@muster/core";

/** Creates a user, logs in, checks the token, refreshes, ends; answers a sentence or throws. */
export const walk = async <Transaction>(muster: Muster<Transaction>, kept: string): Promise<string> => {
  const username = `jane-${Date.now()}`;
  const jane = await muster.users.create({ username, password: "correct horse battery staple" });
  const tokens = await muster.sessions.login({ login: username, password: "correct horse battery staple" });
  const principal = await muster.sessions.authenticate(tokens.accessToken);
  const successor = await muster.sessions.refresh(tokens.refreshToken);
  const profile = await muster.as(await muster.sessions.authenticate(successor.accessToken)).users.profile();
  await muster.close();
  if (principal.userId !== jane.id || profile.username !== username)
    throw new Error("The token speaks for somebody else.");
  return `${kept}: created, logged in, authenticated, refreshed`;
};
