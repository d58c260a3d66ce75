import { spawnSync } from "node:child_process";

/** What a fresh process tells of itself at the end of its start. */
export interface Start {
  /** Since the process began. */
  readonly milliseconds: number;
  readonly mebibytes: number;
}

const tell = `
;process.stdout.write(JSON.stringify({ milliseconds: performance.now(), mebibytes: process.memoryUsage().rss / 1048576 }), () => process.exit(0));`;

/** Runs a program in a process of its own, in this folder, and answers what it told when it was through. */
export const startOnce = (program: string, folder: string): Start => {
  const script = ["--input-type=module", "--eval", program + tell];
  const ended = spawnSync(process.execPath, [...process.execArgv, ...script], { cwd: folder, encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`A process ended with ${ended.status}: ${ended.stderr}`);
  return JSON.parse(ended.stdout);
};
