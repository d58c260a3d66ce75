import { fork } from "node:child_process";
import path from "node:path";
import type { Order } from "./processes/obedient.ts";

/** A process with an instance of Muster of its own. */
export interface ObedientProcess {
  readonly order: (order: Order) => Promise<unknown>;
  readonly end: () => void;
}

export const startObedient = async (connectionString: string, schema: string): Promise<ObedientProcess> => {
  const child = fork(path.join(import.meta.dirname, "processes/obedient.ts"), [connectionString, schema], {
    execArgv: ["--conditions=muster-source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = new Promise<never>((_, reject) => {
    child.once("exit", (code) => reject(new Error(`The process ended with ${code}.`)));
  });
  gone.catch(() => {});
  const answered = new Map<number, (answer: unknown) => void>();
  child.on("message", ({ number, answer }: { number: number; answer: unknown }) => answered.get(number)?.(answer));
  const answerTo = (number: number): Promise<unknown> =>
    Promise.race([gone, new Promise((resolve) => answered.set(number, resolve))]);
  let asked = 0;
  await answerTo(asked);
  return {
    order: (order) => {
      asked += 1;
      const answer = answerTo(asked);
      child.send({ number: asked, order });
      return answer;
    },
    end: () => child.kill(),
  };
};
