import { readdirSync, rmSync } from "node:fs";
import path from "node:path";

/** Removes data sets of a size with another schema, and what runs that were killed left half-made of any. */
export const removeStale = (cache: string, size: number): void => {
  for (const name of readdirSync(cache)) {
    const [, users, maker] = /^(\d+)-[0-9a-f]{12}-\d+(?:\.(\d+))?$/.exec(name) ?? [];
    const isStale = maker === undefined ? Number(users) === size : !isRunning(Number(maker));
    if (users !== undefined && isStale) rmSync(path.join(cache, name), { recursive: true, force: true });
  }
};

/** Whether there still is a process of this machine with this id. */
export const isRunning = (id: number): boolean => {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
};
