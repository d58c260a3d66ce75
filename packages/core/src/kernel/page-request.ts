import * as Schema from "effect/Schema";
import { rule } from "./input.ts";

/** Most rows a page may have. */
export const maximumPageSize = 100;
/** Rows of a page when the caller does not say. */
export const defaultPageSize = 20;
/** Rows that an offset may skip: each one skipped costs time. */
const maximumOffset = 100_000;

const wholeNumber = (minimum: number, maximum: number): Schema.Codec<number, unknown> =>
  Schema.Number.check(
    rule(
      "range",
      `must be a whole number from ${minimum} to ${maximum}`,
      (value: number) => Number.isSafeInteger(value) && value >= minimum && value <= maximum,
    ),
  ) as Schema.Codec<number, unknown>;

/** `limit` of any list. */
export const limitSchema: Schema.Codec<number, unknown> = wholeNumber(1, maximumPageSize);
/** `offset` of any list. */
export const offsetSchema: Schema.Codec<number, unknown> = wholeNumber(0, maximumOffset);
