import { compareCodePoints } from "@muster/core/ports";

/** A row with its place in a list. */
export interface Place<Row> {
  readonly key: string | number;
  readonly id: string;
  readonly row: Row;
}

/** The part of a list that a page shows, of all its rows in any order. */
export const pageOf = <Row>(
  places: readonly Place<Row>[],
  descending: boolean,
  offset: number,
  limit: number,
): readonly Row[] => {
  const areSimple = places.every(({ key, id }) => isSimple(key) && isSimple(id));
  const order = areSimple ? comparing(compareUnits) : comparing(compareCodePoints);
  const sorted = places.toSorted(descending ? (left, right) => order(right, left) : order);
  return sorted.slice(offset, offset + limit).map(({ row }) => row);
};

type Comparison = (left: string, right: string) => number;

const comparing =
  (compare: Comparison) =>
  (left: Place<unknown>, right: Place<unknown>): number =>
    compareKeys(left.key, right.key, compare) || compare(left.id, right.id);

const compareKeys = (left: string | number, right: string | number, compare: Comparison): number =>
  typeof left === "string" && typeof right === "string" ? compare(left, right) : Number(left) - Number(right);

/** Below the surrogates the order of UTF-16 is that of code points, and the engine's own comparison much faster. */
const isSimple = (text: string | number): boolean => typeof text === "number" || !/[\ud800-\uffff]/.test(text);
const compareUnits: Comparison = (left, right) => (left < right ? -1 : left > right ? 1 : 0);
