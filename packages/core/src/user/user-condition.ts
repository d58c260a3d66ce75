import type { JsonObject } from "../kernel/json.ts";
import type { UserSortField } from "./user-filter.ts";

/**
 * A decoded {@link UserFilter}: what a store is asked to find. Values are ready to compare byte by byte: comparable
 * texts, canonical ids, epoch milliseconds. Two-valued: a condition on an absent value is false, and `not` makes it true.
 */
export type UserCondition =
  | { readonly kind: "all"; readonly of: readonly UserCondition[] }
  | { readonly kind: "any"; readonly of: readonly UserCondition[] }
  | { readonly kind: "not"; readonly of: UserCondition }
  | { readonly kind: "absent"; readonly field: NullableField }
  | { readonly kind: "oneOf"; readonly field: ExactField | TextField; readonly values: readonly string[] }
  | { readonly kind: "contains"; readonly field: TextField; readonly text: string }
  | { readonly kind: "prefix"; readonly field: TextField; readonly text: string }
  | { readonly kind: "equals"; readonly field: RangeField; readonly value: number }
  | { readonly kind: "after"; readonly field: RangeField; readonly value: number }
  | { readonly kind: "before"; readonly field: RangeField; readonly value: number }
  | { readonly kind: "tags"; readonly match: "any" | "all" | "none"; readonly tags: readonly string[] }
  | { readonly kind: "json"; readonly field: JsonField; readonly part: JsonObject }
  /** `fields` are those the caller may see: never more than username, email and the three names. */
  | { readonly kind: "search"; readonly fields: readonly SearchField[]; readonly text: string };

/** Compared exactly. */
export type ExactField = "id" | "ownerId" | "updatedBy" | "status" | "role";
/** Compared in comparable form. */
export type FoldedField = "username" | "email" | "firstName" | "lastName" | "displayName";
/** Compared exactly, also in parts. */
export type PlainTextField = "phoneNumber" | "locale" | "pictureUrl";
/** A field that holds a text, absent or not. */
export type TextField = FoldedField | PlainTextField;
/** A field that free text is looked for in. */
export type SearchField = FoldedField;
/** Instants as epoch milliseconds, and numbers. */
export type RangeField =
  | "createdAt"
  | "updatedAt"
  | "deletedAt"
  | "emailVerifiedAt"
  | "firstLoginAt"
  | "lastLoginAt"
  | "version"
  | "loginCount";
/** A field that holds a JSON object. */
export type JsonField = "metadata" | "privateMetadata";
/** A field that may be absent. */
export type NullableField = Exclude<
  ExactField | TextField | RangeField,
  "id" | "status" | "role" | "createdAt" | "version" | "loginCount"
>;

/** A place in a sorted list: the sort key of a row (comparable text, or epoch milliseconds; absent is `""` or 0) and its id. */
export interface UserPosition {
  readonly key: string | number;
  readonly id: string;
}

/** One page of a list, as a store is asked for it. */
export interface UserSelection {
  readonly where: UserCondition;
  readonly sortBy: UserSortField;
  /** Order of the answer: by (key, id), both descending when true. */
  readonly descending: boolean;
  /** Only rows that come after this place in that order. */
  readonly after?: UserPosition;
  readonly offset?: number;
  readonly limit: number;
}

/** A condition that always holds. */
export const everyone: UserCondition = { kind: "all", of: [] };
