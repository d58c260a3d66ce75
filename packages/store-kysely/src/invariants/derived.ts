import type { SearchKeys } from "../dialect.ts";
import { distinctForms, identifiersOf } from "../user/identifiers.ts";
import { marksOf } from "../user/marks.ts";
import { searchKeysOf, type UserRow, userOf } from "../user/user-row.ts";

/** A user as stored, with the keys by which it is sorted. */
export type KeyedRow = UserRow & SearchKeys & { readonly seq: number };

/** What the other rows must say of a user, if the user's own row is right. */
export interface Derived {
  readonly id: string;
  readonly seq: number;
  readonly isReadable: boolean;
  readonly hasItsKeys: boolean;
  readonly identifiers: readonly string[];
  readonly marks: readonly string[];
}

export const derivedFrom = (row: KeyedRow): Derived => {
  const { id, seq } = row;
  try {
    const user = userOf(row);
    const keys = searchKeysOf(user);
    return {
      id,
      seq,
      isReadable: true,
      hasItsKeys: keyColumns.every((column) => keys[column] === row[column]),
      identifiers: distinctForms(identifiersOf(user)),
      marks: [...marksOf(user)],
    };
  } catch {
    return { id, seq, isReadable: false, hasItsKeys: true, identifiers: [], marks: [] };
  }
};

export const keyColumns: readonly (keyof SearchKeys)[] = [
  "username_key",
  "email_key",
  "first_name_key",
  "last_name_key",
  "display_name_key",
];
