import type { KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import type { InvalidInput } from "../errors.ts";
import type { Page } from "../muster.ts";
import { type CursorContext, type CursorPosition, decodeCursor, encodeCursor } from "./cursor.ts";
import { invalid } from "./input.ts";

/** A row's place: its sort key and id. */
export type Place = Pick<CursorPosition, "key" | "id">;

/** What a page that is walked in one direction is made of. */
export interface ForwardList<Row, E> {
  readonly cursorKey: KeyObject;
  readonly context: CursorContext;
  readonly cursor: string | undefined;
  readonly limit: number;
  /** The rows behind a place, at most so many. */
  readonly rows: (after: Place | undefined, limit: number) => Effect.Effect<readonly Row[], E>;
  readonly placeOf: (row: Row) => Place;
}

/** A page and the cursor of the next one. */
export const forwardPage = <Row, E>(
  list: ForwardList<Row, E>,
): Effect.Effect<Omit<Page<Row>, "total">, E | InvalidInput> =>
  Effect.suspend((): Effect.Effect<Omit<Page<Row>, "total">, E | InvalidInput> => {
    const { cursorKey, context, cursor, limit, rows, placeOf } = list;
    const position = cursor === undefined ? undefined : decodeCursor(cursorKey, context, cursor);
    if (cursor !== undefined && position === undefined) {
      return Effect.fail(invalid("cursor", "cursor", "is not a cursor of this list and filter"));
    }
    return Effect.map(rows(position, limit + 1), (found) => {
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const isLast = last === undefined || found.length <= limit;
      const nextCursor = isLast ? null : encodeCursor(cursorKey, context, { ...placeOf(last), direction: "forward" });
      return { items, nextCursor, previousCursor: null };
    });
  });
