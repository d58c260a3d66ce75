import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";

/** How a race went: how many callers of each process won, and what the others failed with. */
export interface Race {
  readonly won: readonly number[];
  readonly errors: readonly string[];
}

export interface Racers {
  readonly run: (race: string) => Promise<Race>;
  readonly end: () => void;
}

/** What exactly one of all callers does, and what the others fail with; nothing, when they are only told so. */
export const processRaces: readonly (readonly [race: string, errors: readonly string[]])[] = [
  ["gets a username", ["UsernameTaken"]],
  ["gets an email", ["EmailTaken"]],
  ["makes the first key of a purpose", []],
  ["makes the successor of a key", []],
  ["uses a one-time token", []],
  ["spends a refresh token", []],
  ["replaces a password hash", []],
  ["changes a version", []],
  ["revokes a session", []],
];

const answerOf = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const fail = (code: number | null): void => reject(new Error(`A racer ended with ${code}.`));
    child.once("exit", fail);
    child.once("message", (answer: Answer) => {
      child.off("exit", fail);
      resolve(answer);
    });
  });

/** Two processes on one database. @param store the arguments of `racer.ts`. */
export const startRacers = async (store: readonly string[]): Promise<Racers> => {
  const children = ["one", "other"].map((name) =>
    fork(path.join(import.meta.dirname, "racer.ts"), [...store, name], {
      execArgv: ["--conditions=muster-source"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }),
  );
  await Promise.all(children.map(answerOf));
  return {
    run: async (race) => {
      const answers = children.map((child) => answerOf<{ won: number; errors: string[] }>(child));
      const at = Date.now() + 30;
      for (const child of children) child.send({ race, at });
      const told = await Promise.all(answers);
      return { won: told.map(({ won }) => won), errors: [...new Set(told.flatMap(({ errors }) => errors))] };
    },
    end: () => {
      for (const child of children) child.disconnect();
    },
  };
};
