import type { Muster } from "@muster/core";

/** What is to be found of a user: its version, or undefined when it was purged. */
export type Expected = Map<string, number | undefined>;

export interface Writing {
  readonly expected: Expected;
  /** What ended it, unless it was told to end. */
  readonly error: unknown;
}

/** What is tested is that nothing is lost; the cores are there for the move. */
const pauseMilliseconds = 25;

/**
 * Creates a user, changes it, and deletes and purges every second one, until it is told to end or refused. Answers what
 * was acknowledged; of a user whose last write was refused nothing is said.
 */
export const writeUsers = async (muster: Muster, name: string, isOver: () => boolean): Promise<Writing> => {
  const expected: Expected = new Map();
  for (let count = 0; !isOver(); count++) {
    const id = `${name}-${count}`;
    let version: number | undefined;
    try {
      const username = `${name}.${count}`;
      version = (await muster.users.create({ id, username, status: "enabled", tags: ["new"] })).version;
      version = (await muster.users.update(id, { firstName: "Ann", metadata: { count } })).version;
      if (count % 2 === 0) {
        version = (await muster.users.delete(id)).version;
        await muster.users.purge(id);
        version = undefined;
      }
    } catch (error) {
      return { expected, error };
    }
    expected.set(id, version);
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
  return { expected, error: undefined };
};
