import type { ExactField, FoldedField, NullableField, RangeField, TextField, UserSortField } from "@muster/core/ports";
import type { SearchKeys } from "../dialect.ts";
import type { Tables, UserSignInsTable, UsersTable } from "../tables.ts";

/** The tables as every query about many users names them: `u` users, `s` their sign-in facts. */
export type Named = Tables & { readonly u: UsersTable; readonly s: UserSignInsTable };

export type TextColumn = `u.${keyof UsersTable & string}`;
export type NumberColumn = TextColumn | `s.${keyof UserSignInsTable & string}`;

/** Compared in comparable form, which never is null: presence is told by the column next to it. */
export const keyColumns: { readonly [Field in FoldedField]: `u.${keyof SearchKeys}` } = {
  username: "u.username_key",
  email: "u.email_key",
  firstName: "u.first_name_key",
  lastName: "u.last_name_key",
  displayName: "u.display_name_key",
};

export const exactColumns: { readonly [Field in Exclude<ExactField | TextField, FoldedField>]: TextColumn } = {
  id: "u.id",
  ownerId: "u.owner_id",
  updatedBy: "u.updated_by",
  status: "u.status",
  role: "u.role",
  phoneNumber: "u.phone_number",
  locale: "u.locale",
  pictureUrl: "u.picture_url",
};

export const rangeColumns: { readonly [Field in RangeField]: NumberColumn } = {
  createdAt: "u.created_at",
  updatedAt: "u.updated_at",
  deletedAt: "u.deleted_at",
  emailVerifiedAt: "u.email_verified_at",
  firstLoginAt: "s.first_login_at",
  lastLoginAt: "s.last_login_at",
  version: "u.version",
  loginCount: "s.login_count",
};

/** Where absence shows, for the fields that may be absent. */
export const nullableColumns: { readonly [Field in NullableField]: NumberColumn } = {
  ownerId: "u.owner_id",
  updatedBy: "u.updated_by",
  username: "u.username",
  email: "u.email",
  firstName: "u.first_name",
  lastName: "u.last_name",
  displayName: "u.display_name",
  phoneNumber: "u.phone_number",
  locale: "u.locale",
  pictureUrl: "u.picture_url",
  updatedAt: "u.updated_at",
  deletedAt: "u.deleted_at",
  emailVerifiedAt: "u.email_verified_at",
  firstLoginAt: "s.first_login_at",
  lastLoginAt: "s.last_login_at",
};

/** The sort key of a field and the id beside it: together the end of an index that starts with the tenant. */
export interface SortColumns {
  readonly key:
    | `u.${"created_at" | "updated_key" | "username_key" | "email_key" | "first_name_key" | "last_name_key"}`
    | "s.last_login_key";
  readonly id: "u.id" | "s.user_id";
}

export const sortColumns: { readonly [Field in UserSortField]: SortColumns } = {
  createdAt: { key: "u.created_at", id: "u.id" },
  updatedAt: { key: "u.updated_key", id: "u.id" },
  username: { key: "u.username_key", id: "u.id" },
  email: { key: "u.email_key", id: "u.id" },
  firstName: { key: "u.first_name_key", id: "u.id" },
  lastName: { key: "u.last_name_key", id: "u.id" },
  lastLoginAt: { key: "s.last_login_key", id: "s.user_id" },
};

export const isFolded = (field: string): field is FoldedField => Object.hasOwn(keyColumns, field);
export const isNullable = (field: string): field is NullableField => Object.hasOwn(nullableColumns, field);
