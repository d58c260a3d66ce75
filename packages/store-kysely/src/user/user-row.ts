import { comparable, type JsonObject, type User, type UserRole, type UserStatus } from "@muster/core/ports";
import type { Selectable } from "kysely";
import type { SearchKeys } from "../dialect.ts";
import type { UserSignInsTable, UsersTable } from "../tables.ts";

/** What is read of a user: all columns but the keys, and the sign-in facts. */
export const userColumns = [
  "u.id",
  "u.status",
  "u.role",
  "u.version",
  "u.created_at",
  "u.updated_at",
  "u.updated_by",
  "u.deleted_at",
  "u.owner_id",
  "u.username",
  "u.email",
  "u.email_verified_at",
  "u.first_name",
  "u.last_name",
  "u.display_name",
  "u.phone_number",
  "u.locale",
  "u.picture_url",
  "u.tags",
  "u.metadata",
  "u.private_metadata",
  "u.required_actions",
  "s.first_login_at",
  "s.last_login_at",
  "s.login_count",
] as const;

type Unread = "seq" | "tenant" | "updated_key" | keyof SearchKeys;
export type UserRow = Omit<Selectable<UsersTable>, Unread> &
  Pick<Selectable<UserSignInsTable>, "first_login_at" | "last_login_at" | "login_count">;

/** The only place where a row becomes a user. Written by hand: a schema would cost more than the query. */
export const userOf = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  firstName: row.first_name,
  lastName: row.last_name,
  displayName: row.display_name,
  pictureUrl: row.picture_url,
  email: row.email,
  emailVerifiedAt: dateOf(row.email_verified_at),
  phoneNumber: row.phone_number,
  locale: row.locale,
  tags: row.tags === "[]" ? [] : (parsed(row.tags) as readonly string[]),
  metadata: row.metadata === "{}" ? {} : (parsed(row.metadata) as JsonObject),
  privateMetadata: row.private_metadata === "{}" ? {} : (parsed(row.private_metadata) as JsonObject),
  requiredActions: requiredActionsIn(row.required_actions),
  role: row.role as UserRole,
  status: row.status as UserStatus,
  ownerId: row.owner_id,
  createdAt: new Date(Number(row.created_at)),
  updatedAt: dateOf(row.updated_at),
  updatedBy: row.updated_by,
  deletedAt: dateOf(row.deleted_at),
  version: Number(row.version),
  firstLoginAt: dateOf(row.first_login_at),
  lastLoginAt: dateOf(row.last_login_at),
  loginCount: Number(row.login_count),
});

/** The columns of a user that an update may write. */
export type UserValues = Omit<Selectable<UsersTable>, "seq" | "tenant" | "id" | "updated_key">;

/** The only place where a user becomes a row. */
export const valuesOf = (user: User): UserValues => ({
  status: user.status,
  role: user.role,
  version: user.version,
  created_at: user.createdAt.getTime(),
  updated_at: timeOf(user.updatedAt),
  updated_by: user.updatedBy,
  deleted_at: timeOf(user.deletedAt),
  owner_id: user.ownerId,
  username: user.username,
  email: user.email,
  email_verified_at: timeOf(user.emailVerifiedAt),
  first_name: user.firstName,
  last_name: user.lastName,
  display_name: user.displayName,
  phone_number: user.phoneNumber,
  locale: user.locale,
  picture_url: user.pictureUrl,
  tags: JSON.stringify(user.tags),
  metadata: JSON.stringify(user.metadata),
  private_metadata: JSON.stringify(user.privateMetadata),
  required_actions: JSON.stringify(user.requiredActions),
  ...searchKeysOf(user),
});

export const searchKeysOf = (user: User): SearchKeys => ({
  username_key: keyOf(user.username),
  email_key: keyOf(user.email),
  first_name_key: keyOf(user.firstName),
  last_name_key: keyOf(user.lastName),
  display_name_key: keyOf(user.displayName),
});

/** Hardly anybody has any. */
export const requiredActionsIn = (json: string): readonly string[] =>
  json === "[]" ? [] : (parsed(json) as readonly string[]);

const keyOf = (text: string | null): string => (text === null ? "" : comparable(text));
/** Inside a host's own transaction the host's driver may have parsed it. */
const parsed = (json: unknown): unknown => {
  if (typeof json !== "string") return json;
  // Most users have no private metadata, many no tags: a fifth of reading a page is parsing.
  return json === "{}" ? {} : json === "[]" ? [] : JSON.parse(json);
};
/** A host that reads 64-bit integers as bigint hands them on inside its own transaction; hence `Number`. */
const dateOf = (time: number | null): Date | null => (time === null ? null : new Date(Number(time)));
const timeOf = (date: Date | null): number | null => (date === null ? null : date.getTime());
