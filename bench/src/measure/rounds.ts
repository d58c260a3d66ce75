/** One thing that is measured: runs a batch of operations and answers the microseconds (or anything else) of one. */
export type Batch = () => number | Promise<number>;

/** What the batches of one comparison answered, round by round. */
export type Rounds<Name extends string> = { readonly [Key in Name]: readonly number[] };

/**
 * Runs every batch once a round, in an order that turns from round to round, so that a neighbour's noise and a warm or
 * cold processor fall on all of them alike. The first rounds are thrown away.
 */
export const runRounds = async <Name extends string>(
  batches: { readonly [Key in Name]: Batch },
  rounds: number,
  discarded = 2,
): Promise<Rounds<Name>> => {
  const names = Object.keys(batches) as Name[];
  const answers = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -discarded; round < rounds; round++) {
    const turn = ((round % names.length) + names.length) % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      const answer = await batches[name]();
      if (round >= 0) answers[name].push(answer);
    }
  }
  return answers;
};

/** A batch of `operations` calls, one after the other: the mean microseconds of one. */
export const sequential =
  (operations: number, operation: (index: number) => unknown): Batch =>
  async () => {
    const begun = performance.now();
    for (let index = 0; index < operations; index++) await operation(index);
    return ((performance.now() - begun) * 1_000) / operations;
  };

/** The same for operations without a promise, which must not pay for an `await`. */
export const synchronous =
  (operations: number, operation: (index: number) => unknown): Batch =>
  () => {
    const begun = performance.now();
    for (let index = 0; index < operations; index++) operation(index);
    return ((performance.now() - begun) * 1_000) / operations;
  };

/** A batch of `operations` calls with `width` of them in flight at any time: how many are done in a second. */
export const concurrent =
  (operations: number, width: number, operation: (index: number) => Promise<unknown>): Batch =>
  async () => {
    let next = 0;
    const begun = performance.now();
    const worker = async (): Promise<void> => {
      while (next < operations) await operation(next++);
    };
    await Promise.all(Array.from({ length: width }, worker));
    return (operations * 1_000) / (performance.now() - begun);
  };
