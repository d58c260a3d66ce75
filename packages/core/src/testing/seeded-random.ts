/** Randomness that a number repeats: the same seed gives the same draws, on every machine. For tests only. */
export interface SeededRandom {
  /** A whole number from 0 up to, not including, `below`. */
  readonly below: (below: number) => number;
  /** True so often: 0 never, 1 always. */
  readonly chance: (probability: number) => boolean;
  /** One of the values. Throws when there is none. */
  readonly pick: <Value>(values: readonly Value[]) => Value;
  /** So many draws at most, maybe none, repetitions possible. */
  readonly some: <Value>(atMost: number, draw: () => Value) => Value[];
}

/** The generator of a seed (a 32-bit multiply-and-shift sequence, "mulberry32"). */
export const seededRandom = (seed: number): SeededRandom => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (values) => {
      if (values.length === 0) throw new RangeError("There is nothing to pick from.");
      return values[below(values.length)] as (typeof values)[number];
    },
    some: (atMost, draw) => Array.from({ length: below(atMost + 1) }, draw),
  };
};
