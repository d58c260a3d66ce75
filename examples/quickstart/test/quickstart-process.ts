import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

/** The quickstart as a process of its own, in a folder of its own. */
export interface Quickstart {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  readonly printed: () => { readonly out: string; readonly err: string };
  /** The address it prints; rejects when the process ends before. */
  readonly address: Promise<string>;
  /** How it ended: the exit code, or the name of the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const main = path.resolve(import.meta.dirname, "../src/main.ts");

/** Starts it in `folder`; the port is a free one unless the environment says otherwise. */
export const startQuickstart = (folder: string, environment: NodeJS.ProcessEnv = {}): Quickstart => {
  const child = spawn(process.execPath, ["--conditions=muster-source", main], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const found = /is up: (\S+)[\s\S]*<accessToken>/.exec(out)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    void ended.then((how) => reject(new Error(`The quickstart ended with ${how}: ${out}${err}`)));
  });
  // Only some tests wait for the address; the others must not end on its rejection.
  address.catch(() => {});
  return { child, printed: () => ({ out, err }), address, ended };
};
