import type { StoredKey } from "../ports/key-store.ts";

/** Published, but not signing yet; signing; signing no more, but good for tokens it signed. */
export type KeyState = "prepared" | "active" | "retired";

/** A key and where it stands. */
export interface KeyLife {
  readonly key: StoredKey;
  readonly state: KeyState;
  /** When its successor takes over, or took over; null while there is none. */
  readonly retiredAt: Date | null;
  /** From when on no token of it can be valid. */
  readonly goneAt: Date | null;
}

/**
 * What a key signed just before its end is checked for so much longer: a process may learn of a successor some seconds
 * late, and clocks differ.
 */
export const slackMilliseconds = 60_000;

/** The keys of one purpose in the order in which they take over. */
const inOrder = (keys: readonly StoredKey[]): readonly StoredKey[] =>
  keys.toSorted((left, right) => left.activeAt.getTime() - right.activeAt.getTime());

/**
 * Where each key of one purpose stands at an instant, in the order in which they take over. Nothing of this is stored but
 * when a key begins: it ends when the next one begins, and is gone when its last token has expired.
 *
 * @param tokenSeconds how long a token lives at most.
 */
export const livesOf = (keys: readonly StoredKey[], now: number, tokenSeconds: number): readonly KeyLife[] => {
  const ordered = inOrder(keys);
  // A clock set back may make every key one of the future: somebody has to sign.
  const active = Math.max(
    0,
    ordered.findLastIndex(({ activeAt }) => activeAt.getTime() <= now),
  );
  return ordered.map((key, index) => {
    const retiredAt = ordered[index + 1]?.activeAt ?? null;
    return {
      key,
      state: index === active ? "active" : index < active ? "retired" : "prepared",
      retiredAt,
      goneAt: retiredAt && new Date(retiredAt.getTime() + tokenSeconds * 1_000 + slackMilliseconds),
    };
  });
};

/** Whether a key is of no use any more. The active key always is of use. */
export const isGone = ({ state, goneAt }: KeyLife, now: number): boolean =>
  state === "retired" && goneAt !== null && goneAt.getTime() <= now;

/** The key that none follows: the one that the next must follow. Its id, or empty without any key. */
export const lastId = (keys: readonly StoredKey[]): string => {
  const followed = new Set(keys.map(({ follows }) => follows));
  return keys.findLast(({ id }) => !followed.has(id))?.id ?? "";
};
