import { once } from "node:events";

/** Tells the parent that everything is loaded, and waits for its word to begin. */
export const startingGun = async (): Promise<void> => {
  console.log("ready");
  await once(process.stdin, "data");
};
