import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

/** What a finished child process left. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** Resolves once the child has printed this text. */
  readonly printed: (text: string) => Promise<void>;
  /** Lets a child begin that waits for it; see `processes/starting-gun.ts`. */
  readonly go: () => void;
  readonly finished: Promise<Finished>;
}

/** Runs a script of the folder `processes` in a Node.js of its own. */
export const startChild = (script: string, args: readonly string[]): Child => {
  const file = path.join(import.meta.dirname, "processes", script);
  const child = spawn(process.execPath, ["--conditions=muster-source", file, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, output });
      for (const listener of listeners) listener();
    });
  });
  const go = (): void => void child.stdin.end("go");
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (output.includes(text)) resolve();
        else if (child.exitCode !== null) reject(new Error(`The child ended without '${text}': ${output}`));
      };
      listeners.add(look);
      look();
    });
  return { process: child, printed, go, finished };
};

/** Starts children that begin at the same moment, once all of them are loaded. */
export const startTogether = async (children: readonly Child[]): Promise<readonly Finished[]> => {
  await Promise.all(children.map(({ printed }) => printed("ready")));
  for (const { go } of children) go();
  return Promise.all(children.map(({ finished }) => finished));
};
