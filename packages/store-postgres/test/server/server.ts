import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A PostgreSQL server for tests. It ends with the process that started it, however that ends. */
export interface TestServer {
  readonly urlOf: (database: string) => string;
  /** Stops at once, as a crash would: connections break, and the next start has to recover. */
  readonly crash: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Starts a hot standby that follows it; the server is stopped for a moment. Ends with it. */
  readonly replicate: () => Promise<TestStandby>;
  /** Stops it for good, and removes what it wrote unless that was to be kept. */
  readonly end: () => Promise<void>;
}

/** A server that repeats what another does. */
export interface TestStandby {
  readonly urlOf: (database: string) => string;
  readonly crash: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** A folder whose data are there at the next start too, and settings as `postgres -c` takes them, at least one. */
export interface KeptServer {
  readonly folder: string;
  readonly settings: readonly string[];
}

/** Starts a server of its own, which takes about a second. */
export const startServer = async (kept?: KeptServer): Promise<TestServer> => {
  const folder = kept?.folder ?? mkdtempSync(path.join(tmpdir(), "muster-postgres-"));
  const keeper = fork(path.join(import.meta.dirname, "keeper.ts"), [folder, ...(kept?.settings ?? [])], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const port = await answerOf(keeper);
  const order = (name: string): Promise<unknown> => {
    const done = answerOf(keeper);
    keeper.send(name);
    return done;
  };
  const command = (name: string) => async (): Promise<void> => void (await order(name));
  const urlAt = (at: unknown) => (database: string) => `postgres://postgres@127.0.0.1:${at}/${database}`;
  return {
    urlOf: urlAt(port),
    crash: command("crash"),
    start: command("start"),
    replicate: async () => ({
      urlOf: urlAt(await order("replicate")),
      crash: command("crashStandby"),
      start: command("startStandby"),
    }),
    end: () =>
      new Promise((resolve) => {
        keeper.once("exit", () => resolve());
        keeper.disconnect();
      }),
  };
};

const answerOf = (keeper: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const fail = (code: number | null): void => reject(new Error(`The keeper of the server ended with ${code}.`));
    keeper.once("exit", fail);
    keeper.once("message", (answer) => {
      keeper.off("exit", fail);
      resolve(answer);
    });
  });
