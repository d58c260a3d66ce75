import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { SessionTokens } from "../../src/session/session.ts";
import type { Order } from "./second-program.ts";

export interface SecondProcess {
  /** What the other process answers: a value, or the tag of an error. */
  readonly order: (order: Order) => Promise<unknown>;
  readonly refresh: (token: string, callers: number) => Promise<readonly (SessionTokens | string)[]>;
  /** Ends it as a power cut would (SIGKILL), and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

/** Another process with an instance of its own on the same SQLite file. */
export const secondProcess = async (file: string): Promise<SecondProcess> => {
  const child = fork(fileURLToPath(new URL("./second-program.ts", import.meta.url)), [file], {
    execArgv: ["--conditions=muster-source", "--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const answered = new Map<number, (answer: unknown) => void>();
  let asked = 0;
  const next = (): Promise<unknown> => new Promise((resolve) => answered.set(asked++, resolve));
  child.on("message", ({ number, answer }: { number: number; answer: unknown }) => answered.get(number)?.(answer));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  await Promise.race([next(), gone.then(() => Promise.reject(new Error("The second process did not start.")))]);
  const order: SecondProcess["order"] = (wanted) => {
    const answer = next();
    child.send({ number: asked - 1, wanted });
    return answer;
  };
  return {
    order,
    kill,
    refresh: async (token, callers) => (await order({ refresh: token, callers })) as SessionTokens[],
  };
};
