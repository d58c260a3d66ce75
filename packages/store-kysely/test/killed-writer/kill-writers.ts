import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Acknowledgement } from "./acknowledgements.ts";

/** A writer that was killed. */
export interface Killed {
  readonly told: readonly Acknowledgement[];
  /** How long it took to open the database that the writer before it had left behind. */
  readonly openMilliseconds: number;
}

interface Writer {
  readonly ready: Promise<void>;
  /** Lets it write, kills it some milliseconds after so many acknowledgements, and answers what it had told until then. */
  readonly killAfter: (acknowledgements: number, milliseconds: number) => Promise<Killed>;
}

/** @param store as the arguments of `writer.ts`. @param cache where compiled sources are kept from child to child. */
const startWriter = (store: readonly string[], name: string, cache: string): Writer => {
  const child = spawn(
    process.execPath,
    ["--conditions=muster-source", path.join(import.meta.dirname, "writer.ts"), ...store, name],
    { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, NODE_COMPILE_CACHE: cache } },
  );
  let heard = "";
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
  });
  /** Resolves when it has told so many lines. */
  const lines = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => (heard.split("\n").length > count ? resolve() : undefined);
      child.stdout.on("data", look);
      void closed.then(() => reject(new Error(`The writer ended by itself: ${heard}`)));
      look();
    });
  return {
    ready: lines(1),
    killAfter: async (acknowledgements, milliseconds) => {
      child.stdin.write("go\n");
      await lines(2 + acknowledgements);
      await wait(milliseconds);
      child.kill("SIGKILL");
      await closed;
      const [, opened = "", ...rest] = heard.split("\n");
      // The last line is empty, or cut off by the kill.
      const told = rest.slice(0, -1).map((line): Acknowledgement => JSON.parse(line));
      return { told, openMilliseconds: Number(opened.slice("open ".length)) };
    },
  };
};

/**
 * Kills so many writers one after the other, each at a random point: every one finds the database as the one before has
 * left it, and is loaded while that still writes.
 */
export const killInTurn = async (
  store: readonly string[],
  cache: string,
  rounds: number,
  afterwards: (killed: Killed) => Promise<void>,
): Promise<void> => {
  const start = (round: number): Writer => startWriter(store, `w${round}`, cache);
  let next = start(0);
  for (let round = 0; round < rounds; round++) {
    const writer = next;
    await writer.ready;
    if (round + 1 < rounds) next = start(round + 1);
    await afterwards(await writer.killAfter(Math.floor(Math.random() * 40), Math.random() * 5));
  }
};
