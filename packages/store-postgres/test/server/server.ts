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
  /** Stops it for good, and removes what it wrote. */
  readonly end: () => Promise<void>;
}

/** Starts a server of its own, which takes about a second. */
export const startServer = async (): Promise<TestServer> => {
  const folder = mkdtempSync(path.join(tmpdir(), "muster-postgres-"));
  const keeper = fork(path.join(import.meta.dirname, "keeper.ts"), [folder], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const port = await answerOf(keeper);
  const order = async (name: string): Promise<void> => {
    const done = answerOf(keeper);
    keeper.send(name);
    await done;
  };
  return {
    urlOf: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    crash: () => order("crash"),
    start: () => order("start"),
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
