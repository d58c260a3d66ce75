import type { JsonObject } from "@muster/core/ports";
import type { SearchKeys } from "../dialect.ts";
import type { NumberColumn, TextColumn } from "./fields.ts";

/**
 * A condition as questions about columns and marks. The questions hold no values, only the numbers of the slots where
 * these stand: conditions that differ in values alone are one shape, and each shape is compiled once.
 */
export interface Lowered {
  /** All of them must hold. */
  readonly conjuncts: readonly Conjunct[];
  /** What stands in the slots. */
  readonly values: readonly unknown[];
  /** The same, with the full questions to the search index in the place of the brief ones. */
  readonly fullValues: readonly unknown[];
}

/** The index of a value. */
export type Slot = number;

/** The slots before those of the condition: what every list or count may need. */
export const slots = { tenant: 0, limit: 1, offset: 2, afterKey: 3, afterId: 4, cap: 5, found: 6 } as const;

export interface Conjunct {
  readonly test: Test;
  /** An index that holds everybody the test can find, and perhaps more. */
  readonly narrowing?: Narrowing;
}

/** Two-valued: never null, so that `not` is the opposite. */
export type Test =
  | { readonly kind: "and" | "or"; readonly of: readonly Test[] }
  | { readonly kind: "not"; readonly of: Test }
  | { readonly kind: "isNull" | "isNotNull"; readonly column: Column }
  | { readonly kind: "compare"; readonly column: Column; readonly operator: Operator; readonly value: Slot }
  /** The slot holds a JSON array of texts. */
  | { readonly kind: "in"; readonly column: TextColumn; readonly values: Slot }
  | { readonly kind: "contains"; readonly column: TextColumn; readonly text: Slot }
  | { readonly kind: "marked"; readonly mark: Slot }
  /** What the dialect's search index is asked. */
  | { readonly kind: "searched"; readonly question: Slot }
  /** The only test with a value in it: rare enough to be a shape of its own. */
  | { readonly kind: "json"; readonly column: "u.metadata" | "u.private_metadata"; readonly part: JsonObject };

export type Operator = "=" | "<" | ">" | ">=";
export type Column = TextColumn | NumberColumn;

export interface Narrowing {
  readonly source: Source;
  /** Whether everybody it holds meets the test, nearly everybody, or perhaps hardly anybody. */
  readonly fit: Fit;
  /** The most users it can hold, when that is known beforehand. */
  readonly atMost?: number;
}

export type Fit = "exact" | "close" | "loose";

/** Where users are looked up. Only a union may hold a user twice. */
export type Source =
  /** Everybody with a mark, in the order of creation. */
  | { readonly kind: "mark"; readonly mark: Slot }
  /** What the dialect's search index answers to its own question. */
  | { readonly kind: "search"; readonly question: Slot }
  | { readonly kind: "range"; readonly column: IndexedColumn; readonly from: Slot; readonly to: Slot | undefined }
  /** The slot holds a JSON array of distinct texts. */
  | { readonly kind: "values"; readonly column: "u.id" | IndexedColumn; readonly values: Slot }
  | { readonly kind: "union"; readonly of: readonly Source[] }
  /** What a probe found before. The slot holds a JSON array of numbers. */
  | { readonly kind: "found"; readonly users: Slot };

export type IndexedColumn = `u.${Exclude<keyof SearchKeys, "display_name_key">}`;
