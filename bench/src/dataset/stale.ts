import { readdirSync, rmSync } from "node:fs";
import path from "node:path";

/**
 * Removes data sets of another schema, and what runs that were killed left half-made.
 *
 * @param ending how the names of those end that are still of use.
 */
export const removeStale = (cache: string, ending: string): void => {
  for (const name of readdirSync(cache)) {
    const [, schema, maker] = /^\d+(-[0-9a-f]{12}-\d+)(?:\.(\d+))?$/.exec(name) ?? [];
    if (schema === undefined) continue;
    const isOfUse = maker === undefined ? schema === ending : isRunning(Number(maker));
    if (!isOfUse) rmSync(path.join(cache, name), { recursive: true, force: true });
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
