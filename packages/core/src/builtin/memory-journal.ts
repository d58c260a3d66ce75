/**
 * The undo log of one transaction. Everything the in-memory store keeps is in Maps of values that are replaced and
 * never changed in place, so putting back the old entries, last change first, is a whole rollback.
 */
export interface Journal {
  readonly set: <Key, Value>(map: Map<Key, Value>, key: Key, value: Value) => void;
  readonly remove: <Key, Value>(map: Map<Key, Value>, key: Key) => void;
  /** Ends the transaction: its changes stay, or all of them are undone. */
  readonly end: (commit: boolean) => void;
  /** Throws when the transaction is over: its stores were kept and used afterwards. */
  readonly mustBeOpen: () => void;
}

export const makeJournal = (): Journal => {
  const undo: (() => void)[] = [];
  let open = true;
  const remember = <Key, Value>(map: Map<Key, Value>, key: Key): void => {
    const before = map.get(key);
    undo.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
  };
  return {
    set: (map, key, value) => {
      remember(map, key);
      map.set(key, value);
    },
    remove: (map, key) => {
      remember(map, key);
      map.delete(key);
    },
    end: (commit) => {
      open = false;
      if (!commit) for (const step of undo.toReversed()) step();
    },
    mustBeOpen: () => {
      if (!open) throw new Error("The stores of a transaction were used after its end.");
    },
  };
};
