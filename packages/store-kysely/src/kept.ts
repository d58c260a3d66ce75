/** A bounded map that forgets what was not used for longest, roughly: two generations, the older one dropped whole. */
export interface Kept<Key, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
}

/** Makes an empty map that keeps at most `atMost` entries, at least half of them the most recently used ones. */
export const makeKept = <Key, Value>(atMost: number): Kept<Key, Value> => {
  let fresh = new Map<Key, Value>();
  let aging = new Map<Key, Value>();

  const set = (key: Key, value: Value): void => {
    if (fresh.size >= atMost / 2) {
      aging = fresh;
      fresh = new Map();
    }
    fresh.set(key, value);
  };

  return {
    set,
    get: (key) => {
      const value = fresh.get(key);
      if (value !== undefined) return value;
      const old = aging.get(key);
      if (old !== undefined) set(key, old);
      return old;
    },
  };
};
