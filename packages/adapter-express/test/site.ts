import type { Server } from "node:http";
import { createMuster, type Muster, type MusterOptions, memoryStore, type StoreModule } from "@muster/core";
import express, { type Express } from "express";
import { onTestFinished } from "vitest";
import { musterRouter } from "../src/index.ts";

/** An app that listens, and the instance it serves. */
export interface Site {
  readonly muster: Muster;
  readonly url: string;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** What everybody's password is, unless a test changes it. */
export const password = "plum-violet-anchor-93";

/** Serves an app on an ephemeral port, with the user `admin` in its store. */
export const openSite = async (
  build: (app: Express, muster: Muster) => void = (app, muster) => app.use("/api", musterRouter(muster)),
  store: StoreModule<never> = memoryStore(),
  options: Partial<MusterOptions> = {},
): Promise<Site> => {
  const muster = await createMuster({ store, issuer: "https://app.example", ...options });
  await muster.users.create({ username: "admin", email: "admin@example.com", role: "admin", password });
  const app = express();
  build(app, muster);
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("not listening");
  return {
    muster,
    url: `http://127.0.0.1:${address.port}`,
    server,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await muster.close();
    },
  };
};

/** Headers of a call with a JSON body and, perhaps, a token. */
export const json = (token?: string): Record<string, string> => ({
  "Content-Type": "application/json",
  ...(token !== undefined && { Authorization: `Bearer ${token}` }),
});

/** An access token of a user, by way of the instance. */
export const tokenOf = async (muster: Muster, login: string): Promise<string> =>
  (await muster.sessions.login({ login, password })).accessToken;

/** A site of one test alone, closed when the test has finished. */
export const site = async (...build: Parameters<typeof openSite>): Promise<Site> => {
  const opened = await openSite(...build);
  onTestFinished(opened.close);
  return opened;
};
