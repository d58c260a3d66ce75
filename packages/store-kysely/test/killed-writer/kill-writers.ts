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
export const startWriter = (store: readonly string[], name: string, cache: string): Writer => {
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
