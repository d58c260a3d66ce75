/** Lets callers in one after the other. */
export interface Turns {
  /** Resolves when it is the caller's turn; the answer is to be called when they are done. */
  readonly enter: () => Promise<() => void>;
}

/** @param atMostMilliseconds nobody waits longer: whoever is in then may be waiting for the one who waits. */
export const makeTurns = (atMostMilliseconds: number): Turns => {
  let everybodyBefore: Promise<void> = Promise.resolve();
  return {
    enter: async () => {
      const before = everybodyBefore;
      let leave = (): void => {};
      const mine = new Promise<void>((resolve) => {
        leave = resolve;
      });
      everybodyBefore = before.then(() => mine);
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, atMostMilliseconds);
      });
      await Promise.race([before, patience]);
      clearTimeout(timer);
      return leave;
    },
  };
};
