import { fork } from "node:child_process";
import path from "node:path";

/** A server in a process of its own. */
export interface RunningServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts one of the files beside this one; it tells its port when it listens. */
export const startServer = async (
  name: "empty" | "by-hand" | "muster" | "better-auth",
  ...given: readonly string[]
): Promise<RunningServer> => {
  const child = fork(path.join(import.meta.dirname, `${name}.ts`), [...given], {
    env: { ...process.env, NODE_ENV: "production" },
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("exit", (code) => reject(new Error(`The server '${name}' ended with ${code}.`)));
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGKILL");
    });
  return { port, stop };
};
