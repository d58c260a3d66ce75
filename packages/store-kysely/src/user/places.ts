import { compareCodePoints } from "@muster/core/ports";

/** A row with its place in a list. */
export interface Placed {
  readonly place_key: string | number | bigint;
  readonly id: string;
}

/** The part of a list that a page shows, of all its rows in any order. */
export const pageOf = <Row extends Placed>(
  rows: readonly Row[],
  descending: boolean,
  offset: number,
  limit: number,
): readonly Row[] => {
  const order = rows.every(isSimple) ? comparing(compareUnits) : comparing(compareCodePoints);
  return foremost(rows, offset + limit, descending ? (left, right) => order(right, left) : order).slice(offset);
};

/** Inside a host's own transaction the host's driver may hand on 64-bit integers as texts, which would sort as texts. */
export const withInstants = <Row extends Placed>(rows: readonly Row[]): readonly Row[] =>
  typeof rows[0]?.place_key === "string" ? rows.map((row) => ({ ...row, place_key: Number(row.place_key) })) : rows;

type Order = (left: Placed, right: Placed) => number;

/** The first `count` rows of an order: of many rows most are compared once, with the last that made it so far. */
const foremost = <Row extends Placed>(rows: readonly Row[], count: number, order: Order): readonly Row[] => {
  const best = rows.slice(0, count).sort(order);
  for (let index = count; index < rows.length; index++) {
    const row = rows[index];
    const last = best.at(-1);
    if (row === undefined || last === undefined || order(row, last) >= 0) continue;
    best.pop();
    best.splice(placeIn(best, row, order), 0, row);
  }
  return best;
};

const placeIn = (sorted: readonly Placed[], row: Placed, order: Order): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle];
    if (other !== undefined && order(other, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

const comparing =
  (compare: (left: string, right: string) => number): Order =>
  ({ place_key: key, id }, { place_key: otherKey, id: otherId }) => {
    if (typeof key === "string" && typeof otherKey === "string") return compare(key, otherKey) || compare(id, otherId);
    return Number(key) - Number(otherKey) || compare(id, otherId);
  };

/** Below the surrogates the order of UTF-16 is that of code points, and the engine's own comparison much faster. */
const isSimple = ({ place_key: key, id }: Placed): boolean =>
  !beyondSimple.test(id) && (typeof key !== "string" || !beyondSimple.test(key));
const beyondSimple = /[\ud800-\uffff]/;
const compareUnits = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
